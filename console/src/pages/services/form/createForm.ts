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
  awsvpcConfiguration,
  type Network,
  NO_NETWORK,
  networkProblem,
} from '../../../widgets/forms/networkChoices';
import {
  NO_RULES,
  type PlacementRules,
  placementMembers,
  placementProblem,
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

export interface CreateForm {
  readonly name: string;
  readonly taskDefinition: string;
  readonly scheduling: SchedulingStrategy;
  readonly desired: string;
  readonly deployment: DeploymentForm;
  readonly network: Network;
  readonly balancers: readonly BalancerForm[];
  readonly grace: string;
  readonly registryArn: string;
  /** `container:port` for records that name a port; else empty. */
  readonly registryPort: string;
  readonly placement: PlacementRules;
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
    ...(networkMode === 'awsvpc'
      ? { networkConfiguration: { awsvpcConfiguration: awsvpcConfiguration(form.network) } }
      : {}),
    ...(form.balancers.length
      ? { loadBalancers: form.balancers.map((one) => writeBalancer(one, isStaged(form))) }
      : {}),
    ...(grace ? { healthCheckGracePeriodSeconds: grace } : {}),
    ...registries(form),
    ...placementOf(form),
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

function placementOf({ placement, scheduling }: CreateForm) {
  const isDaemon = scheduling === 'DAEMON';
  return placementMembers(isDaemon ? { ...placement, placementStrategy: [] } : placement);
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
    name: NAME.test(form.name.trim())
      ? undefined
      : 'A name has 1 to 255 letters, digits, hyphens and underscores.',
    taskDefinition: form.taskDefinition ? undefined : 'TaskDefinition cannot be empty.',
    desired: isDaemon ? undefined : desiredCountProblem(form.desired),
    deployment: deploymentProblems(form.deployment, isDaemon),
    network: definition?.networkMode === 'awsvpc' ? networkProblem(form.network) : undefined,
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
    placement: placementProblem(form.placement),
    tags: tagsProblem(form.tags),
  };
}

/** Where its first task would be placed: what is asked of placement. */
export function placementQuestion(
  cluster: string,
  form: CreateForm,
  networkMode: string | undefined,
): ExplainPlacementRequest {
  const subnets = form.network.subnets ?? [];
  const isPlaced = networkMode === 'awsvpc' && subnets.length > 0;
  return {
    cluster,
    taskDefinition: form.taskDefinition,
    ...(isPlaced
      ? {
          networkConfiguration: {
            awsvpcConfiguration: { ...awsvpcConfiguration(form.network), subnets },
          },
        }
      : {}),
    ...placementOf(form),
    launchType: 'EC2',
  };
}
