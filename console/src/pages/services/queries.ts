/** What the services' pages ask. */
import type {
  ListServiceDeploymentsCommandOutput,
  Service,
  ServiceDeployment,
  ServiceRevision,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { type ExplainedService, explainService } from '../../aws/roadstead';
import { useLiveQuery } from '../../live/useLiveQuery';

/** How many of a service's deployments are shown: the newest. */
export const DEPLOYMENTS_SHOWN = 20;
const SERVICE_KINDS = ['service', 'service-deployment', 'task-set'] as const;
/** What a service waits for runs out by the clock: throttles, bakes, grace periods. */
const CLOCK_MS = 5_000;

/** The service, also one that is deleted; null when there is none of that name. */
export function useService(cluster: string, service: string) {
  return useLiveQuery<Service | null>({
    key: ['service', cluster, service],
    kinds: SERVICE_KINDS,
    arns: [service],
    ask: async (signal) => {
      const call = ecs.describeServices({ cluster, services: [service], include: ['TAGS'] });
      return (await call.send(signal)).services?.[0] ?? null;
    },
  });
}

/** Why it is, or is not, steady. Its tasks and the cluster's room are part of the answer. */
export function useExplanation(cluster: string, service: string, enabled = true) {
  return useLiveQuery<ExplainedService | null>({
    key: ['explanation', cluster, service],
    kinds: ['service', 'service-deployment', 'task', 'container-instance'],
    arns: [service, cluster],
    everyMs: CLOCK_MS,
    enabled,
    ask: async (signal) =>
      (await explainService({ cluster, service }).send(signal)).service ?? null,
  });
}

export interface Deployments {
  /** Newest first. */
  readonly deployments: readonly ServiceDeployment[];
  /** By ARN: what each of them was of. */
  readonly revisions: ReadonlyMap<string, ServiceRevision>;
  readonly hasMore: boolean;
}

/** The newest service deployments, whole, and their revisions. They go with a deleted service. */
export function useDeployments(cluster: string, { serviceName: service = '', status }: Service) {
  return useLiveQuery<Deployments>({
    key: ['service deployments', cluster, service],
    kinds: ['service-deployment', 'service'],
    arns: [cluster],
    everyMs: CLOCK_MS,
    enabled: status !== 'INACTIVE',
    ask: async (signal) => {
      const listed: ListServiceDeploymentsCommandOutput = await ecs
        .listServiceDeployments({ cluster, service, maxResults: DEPLOYMENTS_SHOWN })
        .send(signal);
      const arns = (listed.serviceDeployments ?? []).flatMap(
        ({ serviceDeploymentArn }) => serviceDeploymentArn ?? [],
      );
      if (!arns.length) return { deployments: [], revisions: new Map(), hasMore: false };
      const answer = await ecs
        .describeServiceDeployments({ serviceDeploymentArns: arns })
        .send(signal);
      const found = new Map(
        (answer.serviceDeployments ?? []).map((one) => [one.serviceDeploymentArn ?? '', one]),
      );
      const deployments = arns.flatMap((arn) => found.get(arn) ?? []);
      const revisions = await revisionsOf(deployments, signal);
      return { deployments, revisions, hasMore: Boolean(listed.nextToken) };
    },
  });
}

const REVISIONS_DESCRIBED_MAX = 20;

async function revisionsOf(
  deployments: readonly ServiceDeployment[],
  signal: AbortSignal,
): Promise<Map<string, ServiceRevision>> {
  const arns = [
    ...new Set(
      deployments.flatMap(({ targetServiceRevision, sourceServiceRevisions = [], rollback }) => [
        ...(targetServiceRevision?.arn ? [targetServiceRevision.arn] : []),
        ...sourceServiceRevisions.flatMap(({ arn }) => arn ?? []),
        ...(rollback?.serviceRevisionArn ? [rollback.serviceRevisionArn] : []),
      ]),
    ),
  ];
  const found = new Map<string, ServiceRevision>();
  for (let from = 0; from < arns.length; from += REVISIONS_DESCRIBED_MAX) {
    const serviceRevisionArns = arns.slice(from, from + REVISIONS_DESCRIBED_MAX);
    const answer = await ecs.describeServiceRevisions({ serviceRevisionArns }).send(signal);
    for (const one of answer.serviceRevisions ?? []) found.set(one.serviceRevisionArn ?? '', one);
  }
  return found;
}

/** `web:7` of a service revision; its number as long as nothing more is known. */
export function revisionName(
  arn: string | undefined,
  revisions: ReadonlyMap<string, ServiceRevision>,
): string {
  const definition = revisions.get(arn ?? '')?.taskDefinition;
  return definition ? nameOf(definition) : nameOf(arn);
}
