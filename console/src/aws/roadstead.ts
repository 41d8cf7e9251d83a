/** Roadstead's own API: plans, explanations and progress. Shapes follow control/service-2.json. */

import type { Session } from '../session/session';
import type { Call } from './call';
import { ANSWER_MS_MAX } from './clients';
import { signedFetch } from './signed';

const TARGET = 'Roadstead_20261121';

function roadstead<I extends object, O>(operation: string) {
  return (input: I): Call<O> => ({
    service: 'roadstead',
    operation,
    input,
    send: (signal) => ask<O>(operation, input, signal),
  });
}

async function ask<O>(
  operation: string,
  input: object,
  signal?: AbortSignal,
  keys?: Session,
): Promise<O> {
  const response = await signedFetch({
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${TARGET}.${operation}`,
    },
    body: JSON.stringify(input),
    keys,
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), ...(signal ? [signal] : [])]),
  });
  const answer = (await response.json()) as O & { __type?: string; message?: string };
  if (response.ok) return answer;
  throw {
    code: answer.__type?.split('#').at(-1) ?? `HTTP ${response.status}`,
    message: answer.message ?? 'The server gave no message.',
    requestId: response.headers.get('x-amzn-requestid') ?? undefined,
  };
}

/** Asks the server with keys before they sign anybody in. Rejects with why it refuses them. */
export async function tryKeys(keys: Session): Promise<void> {
  await ask('DescribeControlPlane', {}, undefined, keys);
}

export const planChange = roadstead<PlanChangeRequest, PlanChangeResponse>('PlanChange');
export const explainService = roadstead<ExplainServiceRequest, ExplainServiceResponse>(
  'ExplainService',
);
export const explainTask = roadstead<ExplainTaskRequest, ExplainTaskResponse>('ExplainTask');
export const explainPlacement = roadstead<ExplainPlacementRequest, ExplainPlacementResponse>(
  'ExplainPlacement',
);
export const describeProgress = roadstead<DescribeProgressRequest, DescribeProgressResponse>(
  'DescribeProgress',
);
export const describeControlPlane = roadstead<
  DescribeControlPlaneRequest,
  DescribeControlPlaneResponse
>('DescribeControlPlane');

/* Timestamps are seconds since 1970. */

export interface PlanChangeRequest {
  operation:
    | 'DeregisterContainerInstance'
    | 'UpdateContainerInstancesState'
    | 'DeregisterTaskDefinition'
    | 'UpdateService'
    | 'DeleteService'
    | 'StopTask'
    | 'RunTask';
  request: PlannedRequest;
  assumptions?: GivenAssumptions;
}

export interface PlanChangeResponse {
  operation?:
    | 'DeregisterContainerInstance'
    | 'UpdateContainerInstancesState'
    | 'DeregisterTaskDefinition'
    | 'UpdateService'
    | 'DeleteService'
    | 'StopTask'
    | 'RunTask';
  request?: PlannedRequest;
  outcome?: string;
  outcomeReason?: string;
  refusal?: Refusal;
  assumptions?: Assumptions;
  services?: PlannedService[];
  standaloneTasks?: StandaloneTask[];
  containerInstances?: PlannedInstance[];
  steps?: Step[];
  stepsOmitted?: number;
  lastStepAtSeconds?: number;
  notes?: Note[];
}

export interface ExplainServiceRequest {
  cluster?: string;
  service: string;
}

export interface ExplainServiceResponse {
  service?: ExplainedService;
}

export interface ExplainTaskRequest {
  cluster?: string;
  task: string;
}

export interface ExplainTaskResponse {
  task?: ExplainedTask;
}

export interface ExplainPlacementRequest {
  cluster?: string;
  taskDefinition: string;
  networkConfiguration?: NetworkConfiguration;
  placementConstraints?: PlacementRule[];
  placementStrategy?: PlacementRule[];
  group?: string;
  launchType?: string;
}

export interface ExplainPlacementResponse {
  taskDefinition?: string;
  clusterName?: string;
  placement?: Placement;
}

export interface DescribeProgressRequest {
  cluster?: string;
  condition: 'DRAINED' | 'DEREGISTERED' | 'STABLE' | 'RUNNING' | 'STOPPED';
  targets: string[];
}

export interface DescribeProgressResponse {
  condition?: 'DRAINED' | 'DEREGISTERED' | 'STABLE' | 'RUNNING' | 'STOPPED';
  isDone?: boolean;
  isImpossible?: boolean;
  targets?: Progress[];
}

export type DescribeControlPlaneRequest = Record<string, never>;

export interface DescribeControlPlaneResponse {
  version?: string;
  account?: string;
  region?: string;
  records?: Record<string, number>;
}

export interface PlannedRequest {
  cluster?: string;
  containerInstance?: string;
  containerInstances?: string[];
  force?: boolean;
  status?: string;
  service?: string;
  task?: string;
  reason?: string;
  taskDefinition?: string;
  desiredCount?: number;
  forceNewDeployment?: boolean;
  deploymentConfiguration?: DeploymentConfiguration;
  networkConfiguration?: NetworkConfiguration;
  placementConstraints?: PlacementRule[];
  placementStrategy?: PlacementRule[];
  availabilityZoneRebalancing?: string;
  healthCheckGracePeriodSeconds?: number;
  count?: number;
  group?: string;
  launchType?: string;
}

export interface GivenAssumptions {
  startSeconds?: number;
  stopSeconds?: number;
}

export interface Refusal {
  code?: string;
  message?: string;
  hint?: string;
}

export interface Assumptions {
  startSeconds?: number;
  stopSeconds?: number;
  healthyAfterSeconds?: number;
}

export interface PlannedService {
  serviceArn?: string;
  serviceName?: string;
  status?: string;
  desiredCountBefore?: number;
  desiredCount?: number;
  taskDefinition?: string;
  minimumHealthy?: number;
  healthyBefore?: number;
  healthyLowest?: number;
  healthyAfter?: number;
  belowMinimumSeconds?: number;
  belowMinimumAtSeconds?: number;
  steadyAtSeconds?: number;
  outcome?: string;
  outcomeReason?: string;
  movements?: Movement[];
  noPlace?: Placement;
}

export interface StandaloneTask {
  taskArn?: string;
  group?: string;
  taskDefinition?: string;
  fate?: string;
  containerInstanceArn?: string;
  ec2InstanceId?: string;
}

export interface PlannedInstance {
  containerInstanceArn?: string;
  ec2InstanceId?: string;
  statusBefore?: string;
  status?: string;
  tasksLeft?: number;
  standaloneTasksLeft?: number;
  emptyAtSeconds?: number;
}

export interface Step {
  atSeconds?: number;
  kind?: string;
  serviceName?: string;
  taskCount?: number;
  taskArns?: string[];
  machines?: string[];
  taskDefinition?: string;
  reason?: string;
}

export interface Note {
  code?: string;
  message?: string;
}

export interface ExplainedService {
  serviceArn?: string;
  serviceName?: string;
  clusterName?: string;
  status?: string;
  schedulingStrategy?: string;
  desiredCount?: number;
  runningCount?: number;
  pendingCount?: number;
  healthyCount?: number;
  stoppingCount?: number;
  minimumHealthy?: number;
  maximumTotal?: number;
  outcome?: string;
  outcomeReason?: string;
  isSteady?: boolean;
  steadyAt?: number;
  deployments?: ExplainedDeployment[];
  holdUps?: string[];
  next?: string[];
  nextLookAt?: number;
  placement?: Placement;
  events?: ServiceEvent[];
}

export interface ExplainedTask {
  taskArn?: string;
  clusterName?: string;
  group?: string;
  serviceName?: string;
  taskDefinition?: string;
  lastStatus?: string;
  desiredStatus?: string;
  healthStatus?: string;
  createdAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  stoppedAt?: number;
  stopCode?: string;
  stoppedReason?: string;
  address?: string;
  containers?: ExplainedContainer[];
  instance?: ExplainedInstance;
  summary?: string;
  why?: string[];
  advice?: string[];
}

export interface NetworkConfiguration {
  awsvpcConfiguration?: AwsVpcConfiguration;
}

export interface PlacementRule {
  type?: string;
  expression?: string;
  field?: string;
}

export interface Placement {
  message?: string;
  registered?: number;
  able?: number;
  falls?: Fall[];
  chosen?: InstanceName;
  closest?: ClosestInstance;
  advice?: string;
}

export interface Progress {
  target?: string;
  arn?: string;
  name?: string;
  state?: string;
  left?: number;
  reasons?: string[];
  isDone?: boolean;
  isImpossible?: boolean;
}

export interface DeploymentConfiguration {
  minimumHealthyPercent?: number;
  maximumPercent?: number;
  strategy?: string;
  bakeTimeInMinutes?: number;
  deploymentCircuitBreaker?: CircuitBreaker;
}

export interface Movement {
  containerInstanceArn?: string;
  ec2InstanceId?: string;
  started?: number;
  stopped?: number;
  orphaned?: number;
}

export interface ExplainedDeployment {
  id?: string;
  status?: string;
  taskDefinition?: string;
  desiredCount?: number;
  pendingCount?: number;
  runningCount?: number;
  unhealthyCount?: number;
  failedTasks?: number;
  rolloutState?: string;
  rolloutStateReason?: string;
  nextTryAt?: number;
  scalePercent?: number;
}

export interface ServiceEvent {
  id?: string;
  createdAt?: number;
  message?: string;
}

export interface ExplainedContainer {
  name?: string;
  image?: string;
  essential?: boolean;
  lastStatus?: string;
  healthStatus?: string;
  exitCode?: number;
  reason?: string;
}

export interface ExplainedInstance {
  containerInstanceArn?: string;
  ec2InstanceId?: string;
  status?: string;
  agentConnected?: boolean;
  availabilityZone?: string;
  tasks?: number;
  cpuLeft?: number;
  memoryLeft?: number;
}

export interface AwsVpcConfiguration {
  subnets: string[];
  securityGroups?: string[];
  assignPublicIp?: string;
}

export interface Fall {
  reason?: string;
  asks?: string;
  fell?: number;
  left?: number;
}

export interface InstanceName {
  containerInstanceArn?: string;
  ec2InstanceId?: string;
}

export interface ClosestInstance {
  containerInstanceArn?: string;
  ec2InstanceId?: string;
  reason?: string;
  lacks?: string;
}

export interface CircuitBreaker {
  enable: boolean;
  rollback: boolean;
}
