/** What Roadstead's own API tells of services, tasks, placement and progress, as in control/service-2.json. Timestamps are seconds since 1970. */

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
  /** Since when an instance drains. */
  since?: number;
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
