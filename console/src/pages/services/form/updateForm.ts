/** A service as the update form has it; what is sent is what was changed, nothing else. */
import type {
  AvailabilityZoneRebalancing,
  DeploymentConfiguration,
  Service,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../../aws/arns';
import type { PlannedRequest } from '../../../aws/roadstead';
import {
  awsvpcConfiguration,
  type Network,
  NO_NETWORK,
  networkProblem,
} from '../../../widgets/forms/networkChoices';
import {
  type PlacementRules,
  placementProblem,
  sameRules,
} from '../../../widgets/forms/placementTemplates';
import { desiredCount, desiredCountProblem } from '../actions/counts';
import {
  type DeploymentForm,
  deploymentProblems,
  readDeployment,
  whole,
  writeDeployment,
} from './deploymentForm';

export interface UpdateForm {
  readonly taskDefinition: string;
  readonly desired: string;
  readonly isForced: boolean;
  readonly deployment: DeploymentForm;
  readonly network: Network;
  readonly placement: PlacementRules;
  readonly grace: string;
  readonly rebalancing: AvailabilityZoneRebalancing;
}

export function readService(service: Service): UpdateForm {
  return {
    taskDefinition: nameOf(service.taskDefinition),
    desired: String(service.desiredCount ?? 0),
    isForced: false,
    deployment: readDeployment(service.deploymentConfiguration),
    network: service.networkConfiguration?.awsvpcConfiguration ?? NO_NETWORK,
    placement: {
      placementStrategy: service.placementStrategy ?? [],
      placementConstraints: service.placementConstraints ?? [],
    },
    grace: String(service.healthCheckGracePeriodSeconds ?? 0),
    rebalancing: service.availabilityZoneRebalancing ?? 'DISABLED',
  };
}

type Changes = Omit<UpdateServiceCommandInput, 'cluster' | 'service'>;

/** The members that are other than the service's. */
export function changesOf(service: Service, form: UpdateForm): Changes {
  const before = readService(service);
  const deployment = changedDeployment(
    service.deploymentConfiguration,
    before.deployment,
    form.deployment,
  );
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  return {
    ...(form.taskDefinition !== before.taskDefinition
      ? { taskDefinition: form.taskDefinition }
      : {}),
    ...(!isDaemon && form.desired.trim() !== before.desired
      ? { desiredCount: desiredCount(form.desired) }
      : {}),
    ...(form.isForced ? { forceNewDeployment: true } : {}),
    ...(deployment ? { deploymentConfiguration: deployment } : {}),
    ...(same(awsvpcConfiguration(form.network), awsvpcConfiguration(before.network))
      ? {}
      : { networkConfiguration: { awsvpcConfiguration: awsvpcConfiguration(form.network) } }),
    ...placementChanges(before.placement, form.placement),
    ...(form.grace.trim() !== before.grace
      ? { healthCheckGracePeriodSeconds: whole(form.grace) }
      : {}),
    ...(form.rebalancing !== before.rebalancing
      ? { availabilityZoneRebalancing: form.rebalancing }
      : {}),
  };
}

function placementChanges(before: PlacementRules, now: PlacementRules): Changes {
  if (sameRules(before, now)) return {};
  const strategies = { ...now, placementConstraints: before.placementConstraints };
  return {
    ...(sameRules(before, strategies) ? {} : { placementStrategy: [...now.placementStrategy] }),
    ...(sameRules(now, strategies) ? {} : { placementConstraints: [...now.placementConstraints] }),
  };
}

/** A new strategy is sent with all that goes with it; else only the members that changed. */
function changedDeployment(
  stored: DeploymentConfiguration | undefined,
  before: DeploymentForm,
  now: DeploymentForm,
): DeploymentConfiguration | undefined {
  const old = writeDeployment(before, stored);
  const wanted = writeDeployment(now, stored);
  if (same(old, wanted)) return undefined;
  if (old.strategy !== wanted.strategy) return wanted;
  const bake =
    old.bakeTimeInMinutes !== wanted.bakeTimeInMinutes
      ? { bakeTimeInMinutes: wanted.bakeTimeInMinutes ?? 0 }
      : {};
  const changed = Object.entries(wanted).filter(
    ([member, value]) => !same(value, old[member as keyof DeploymentConfiguration]),
  );
  return { ...Object.fromEntries(changed), ...bake };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What ECS would refuse, by field. */
export function updateProblems(
  form: UpdateForm,
  networkMode: string | undefined,
  isDaemon: boolean,
) {
  const graceSeconds = whole(form.grace);
  return {
    taskDefinition: form.taskDefinition ? undefined : 'TaskDefinition cannot be empty.',
    desired: isDaemon ? undefined : desiredCountProblem(form.desired),
    deployment: deploymentProblems(form.deployment, isDaemon),
    network: networkMode === 'awsvpc' ? networkProblem(form.network) : undefined,
    placement: placementProblem(form.placement),
    grace:
      graceSeconds === undefined || graceSeconds > 2_147_483_647
        ? `healthCheckGracePeriodSeconds must be between 0 and 2147483647, not ${form.grace || 'empty'}.`
        : undefined,
  };
}

export function hasProblems(problems: object): boolean {
  return Object.values(problems).some((one: unknown) =>
    typeof one === 'object' && one !== null ? hasProblems(one) : one !== undefined,
  );
}

/** All that is wrong, in words, in the order of the fields. */
export function problemTexts(problems: object): string[] {
  return Object.values(problems).flatMap((one: unknown) => {
    if (typeof one === 'string') return one;
    return typeof one === 'object' && one !== null ? problemTexts(one) : [];
  });
}

/** The part of an update that a plan can rehearse; traffic steps and hooks are none of it. */
export function plannedOf(cluster: string, service: string, changes: Changes): PlannedRequest {
  const { deploymentConfiguration: given, networkConfiguration, ...rest } = changes;
  const network = networkConfiguration?.awsvpcConfiguration;
  const { enable, rollback } = given?.deploymentCircuitBreaker ?? {};
  return {
    cluster,
    service,
    ...rest,
    ...(given
      ? {
          deploymentConfiguration: {
            minimumHealthyPercent: given.minimumHealthyPercent,
            maximumPercent: given.maximumPercent,
            strategy: given.strategy,
            bakeTimeInMinutes: given.bakeTimeInMinutes,
            ...(enable === undefined
              ? {}
              : { deploymentCircuitBreaker: { enable, rollback: rollback ?? false } }),
          },
        }
      : {}),
    ...(network
      ? {
          networkConfiguration: {
            awsvpcConfiguration: { ...network, subnets: network.subnets ?? [] },
          },
        }
      : {}),
  };
}
