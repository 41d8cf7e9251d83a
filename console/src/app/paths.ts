/** Where the pages are, behind /console/<Region>. */
import { clusterOf, nameOf, revisionOf } from '../aws/arns';

const part = encodeURIComponent;

export const paths = {
  clusters: () => '/clusters',
  cluster: (cluster: string, tab = 'services') => `/clusters/${part(cluster)}/${tab}`,
  instance: (cluster: string, id: string) => `/clusters/${part(cluster)}/instances/${part(id)}`,
  service: (cluster: string, service: string, tab = '') =>
    `/clusters/${part(cluster)}/services/${part(service)}${tab && `/${tab}`}`,
  updateService: (cluster: string, service: string) =>
    `/clusters/${part(cluster)}/services/${part(service)}/update`,
  createService: (cluster: string, taskDefinition = '') =>
    `/clusters/${part(cluster)}/create-service${taskDefinition && `?taskDefinition=${part(taskDefinition)}`}`,
  runTask: (cluster: string, taskDefinition = '') =>
    `/clusters/${part(cluster)}/run-task${taskDefinition && `?taskDefinition=${part(taskDefinition)}`}`,
  task: (cluster: string, id: string) => `/clusters/${part(cluster)}/tasks/${part(id)}`,
  families: () => '/task-definitions',
  family: (family: string) => `/task-definitions/${part(family)}`,
  revision: (family: string, revision: number) => `/task-definitions/${part(family)}/${revision}`,
  createFamily: () => '/create-task-definition',
  createRevision: (family: string, revision: number) =>
    `/create-task-definition?from=${part(`${family}:${revision}`)}`,
  difference: (family: string, from: number, to: number) =>
    `/task-definitions/${part(family)}/difference?from=${from}&to=${to}`,
  loadBalancers: () => '/load-balancers',
  loadBalancer: (arn: string) => `/load-balancers/${part(nameOf(arn))}`,
  classicLoadBalancer: (name: string) => `/classic-load-balancers/${part(name)}`,
  targetGroups: () => '/target-groups',
  targetGroup: (arn: string) => `/target-groups/${part(nameOf(arn))}`,
  events: () => '/events',
};

/** The page of what an ARN names; undefined for what has none. */
export function pathOf(arn: string): string | undefined {
  const resource = arn.split(':').slice(5).join(':');
  const [kind] = resource.split('/');
  if (kind === 'cluster') return paths.cluster(nameOf(arn));
  if (kind === 'task') return paths.task(clusterOf(arn), nameOf(arn));
  if (kind === 'service') return paths.service(clusterOf(arn), nameOf(arn));
  if (kind === 'container-instance') return paths.instance(clusterOf(arn), nameOf(arn));
  if (kind === 'task-definition') {
    const { family, revision } = revisionOf(arn);
    return paths.revision(family, revision);
  }
  if (kind === 'targetgroup') return paths.targetGroup(arn);
  if (kind === 'loadbalancer') return paths.loadBalancer(arn);
  return undefined;
}
