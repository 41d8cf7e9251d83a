/** Plans: what would happen, as in control/service-2.json. */
import type { NetworkConfiguration, Placement, PlacementRule } from './explanationShapes';

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
  /** Not steady before, and not what the change is about: what it does, it does anyway. */
  bystander?: boolean;
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

export interface CircuitBreaker {
  enable: boolean;
  rollback: boolean;
}
