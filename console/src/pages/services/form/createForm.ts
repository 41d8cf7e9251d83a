/** A new service as its form has it, as it is sent, and what ECS would refuse of it. */
import type {
  CreateServiceCommandInput,
  PropagateTags,
  SchedulingStrategy,
  Tag,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { ExplainPlacementRequest } from '../../../aws/roadstead';
import {
  type Launch,
  launchProblems,
  placementQuestion as launchQuestion,
  networkMembers,
} from '../../../widgets/forms/launch';
import { NO_NETWORK } from '../../../widgets/forms/networkChoices';
import {
  NO_RULES,
  type PlacementRules,
  placementMembers,
} from '../../../widgets/forms/placementTemplates';
import { tagsProblem } from '../../../widgets/forms/tagProblems';
import { desiredCount, desiredCountProblem } from '../actions/counts';
import { type BalancerForm, balancerProblem, writeBalancer } from './balancerForm';
import {
  type DeploymentForm,
  deploymentProblems,
  FIRST_DEPLOYMENT,
  whole,
  writeDeployment,
} from './deploymentForm';

export interface CreateForm extends Launch {
  readonly name: string;
  readonly scheduling: SchedulingStrategy;
  readonly desired: string;
  readonly deployment: DeploymentForm;
  readonly balancers: readonly BalancerForm[];
  readonly grace: string;
  readonly registryArn: string;
  /** `container:port` for records that name a port; else empty. */
  readonly registryPort: string;
  readonly tags: readonly Tag[];
  readonly propagate: PropagateTags;
}

export function newService(taskDefinition: string): CreateForm {
  return {
    name: '',
    taskDefinition,
    scheduling: 'REPLICA',
    desired: '1',
    deployment: FIRST_DEPLOYMENT,
    network: NO_NETWORK,
    balancers: [],
    grace: '0',
    registryArn: '',
    registryPort: '',
    placement: NO_RULES,
    tags: [],
    propagate: 'NONE',
  };
}

export function isStaged({ scheduling, deployment }: CreateForm): boolean {
  return scheduling === 'REPLICA' && deployment.strategy !== 'ROLLING';
}

export function createRequest(
  cluster: string,
  form: CreateForm,
  networkMode: string | undefined,
): CreateServiceCommandInput {
  const isDaemon = form.scheduling === 'DAEMON';
  const grace = whole(form.grace);
  return {
    cluster,
    serviceName: form.name.trim(),
    taskDefinition: form.taskDefinition,
    ...(isDaemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount: desiredCount(form.desired) }),
    deploymentConfiguration: deploymentOf(form),
    ...networkMembers(form.network, networkMode),
    ...(form.balancers.length
      ? { loadBalancers: form.balancers.map((one) => writeBalancer(one, isStaged(form))) }
      : {}),
    ...(grace ? { healthCheckGracePeriodSeconds: grace } : {}),
    ...registries(form),
    ...placementMembers(placementOf(form)),
    ...(form.tags.length ? { tags: [...form.tags] } : {}),
    ...(form.propagate === 'NONE' ? {} : { propagateTags: form.propagate }),
  };
}

function deploymentOf(form: CreateForm) {
  const whole = writeDeployment(form.deployment);
  if (form.scheduling !== 'DAEMON') return whole;
  const { minimumHealthyPercent, maximumPercent, deploymentCircuitBreaker } = whole;
  return { minimumHealthyPercent, maximumPercent, deploymentCircuitBreaker };
}

/** A DAEMON service takes constraints, no strategy. */
function placementOf({ placement, scheduling }: CreateForm): PlacementRules {
  return scheduling === 'DAEMON' ? { ...placement, placementStrategy: [] } : placement;
}

function registries({ registryArn, registryPort }: CreateForm) {
  if (!registryArn.trim()) return {};
  const split = registryPort.lastIndexOf(':');
  const port = registryPort
    ? {
        containerName: registryPort.slice(0, split),
        containerPort: Number(registryPort.slice(split + 1)),
      }
    : {};
  return { serviceRegistries: [{ registryArn: registryArn.trim(), ...port }] };
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** What ECS would refuse, in its words, by field. */
export function createProblems(form: CreateForm, definition: TaskDefinition | undefined) {
  const isDaemon = form.scheduling === 'DAEMON';
  const grace = whole(form.grace);
  return {
    ...launchProblems(form, definition),
    name: NAME.test(form.name.trim())
      ? undefined
      : 'A name has 1 to 255 letters, digits, hyphens and underscores.',
    desired: isDaemon ? undefined : desiredCountProblem(form.desired),
    deployment: deploymentProblems(form.deployment, isDaemon),
    balancers: form.balancers
      .map((one) => balancerProblem(one, isStaged(form)))
      .find((one) => one !== undefined),
    grace:
      grace === undefined || grace > 2_147_483_647
        ? `healthCheckGracePeriodSeconds must be between 0 and 2147483647, not ${form.grace || 'empty'}.`
        : undefined,
    registry:
      !form.registryArn.trim() || form.registryArn.includes(':servicediscovery:')
        ? undefined
        : 'registryArn should be the ARN of a Cloud Map service, arn:aws:servicediscovery:…',
    tags: tagsProblem(form.tags),
  };
}

/** Where its first task would be placed: what is asked of placement. */
export function placementQuestion(
  cluster: string,
  form: CreateForm,
  networkMode: string | undefined,
): ExplainPlacementRequest {
  return launchQuestion(cluster, { ...form, placement: placementOf(form) }, networkMode);
}
