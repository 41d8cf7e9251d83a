/** The parts of ARNs that pages and links need. */

/** The last part of an ARN, or the name itself: a task's id, a cluster's name, `web:3`. */
export function nameOf(arn: string | undefined): string {
  return (arn ?? '').split('/').at(-1) ?? '';
}

/** The cluster's name in the ARN of a task, service or container instance. */
export function clusterOf(arn: string | undefined): string {
  const parts = (arn ?? '').split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

/** Family and revision of a task definition's ARN, or of `family:revision`. */
export function revisionOf(arn: string | undefined): { family: string; revision: number } {
  const [family = '', revision = '0'] = nameOf(arn).split(':');
  return { family, revision: Number(revision) };
}

/** Name of a load balancer (`…/app/web/50dc…`) or target group (`…/web/6d0e…`). */
export function balancedNameOf(arn: string | undefined): string {
  return (arn ?? '').split('/').at(-2) ?? '';
}

/** The last part of an ARN is what addresses of pages have. */
export function hasId(id: string): (arn: string | undefined) => boolean {
  return (arn) => nameOf(arn) === id;
}
