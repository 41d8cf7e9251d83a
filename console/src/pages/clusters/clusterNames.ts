/** Which names a cluster can have. */

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** What ECS would say of the name; undefined for one that can be created. */
export function clusterNameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!NAME.test(name)) {
    return 'A name has 1 to 255 letters (a to z), digits, hyphens and underscores.';
  }
  if (taken.includes(name)) return `There is a cluster ${name} already.`;
  return undefined;
}
