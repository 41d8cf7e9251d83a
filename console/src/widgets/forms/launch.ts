/** What a new service and tasks that one runs are both asked for: how and where tasks are started. */
import type { NetworkConfiguration, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ExplainPlacementRequest } from '../../aws/roadstead';
import { awsvpcConfiguration, type Network, networkProblem } from './networkChoices';
import { type PlacementRules, placementMembers, placementProblem } from './placementTemplates';

export interface Launch {
  readonly taskDefinition: string;
  readonly network: Network;
  readonly placement: PlacementRules;
}

/** As it is sent: only awsvpc tasks have a network configuration. */
export function networkMembers(
  network: Network,
  networkMode: string | undefined,
): { networkConfiguration?: NetworkConfiguration } {
  if (networkMode !== 'awsvpc') return {};
  return { networkConfiguration: { awsvpcConfiguration: awsvpcConfiguration(network) } };
}

/** What ECS would refuse, by field. */
export function launchProblems(launch: Launch, definition: TaskDefinition | undefined) {
  return {
    taskDefinition: launch.taskDefinition ? undefined : 'TaskDefinition cannot be empty.',
    network: definition?.networkMode === 'awsvpc' ? networkProblem(launch.network) : undefined,
    placement: placementProblem(launch.placement),
  };
}

/** Where the first task would be placed. */
export function placementQuestion(
  cluster: string,
  { taskDefinition, network, placement }: Launch,
  networkMode: string | undefined,
): ExplainPlacementRequest {
  const subnets = network.subnets ?? [];
  const isPlaced = networkMode === 'awsvpc' && subnets.length > 0;
  return {
    cluster,
    taskDefinition,
    ...(isPlaced
      ? {
          networkConfiguration: {
            awsvpcConfiguration: { ...awsvpcConfiguration(network), subnets },
          },
        }
      : {}),
    ...placementMembers(placement),
    launchType: 'EC2',
  };
}

/** Whether placement can be asked already: the definition is known, its network is chosen. */
export function canBeAsked(
  question: ExplainPlacementRequest,
  definition: TaskDefinition | undefined,
): boolean {
  if (!definition || !question.taskDefinition) return false;
  return definition.networkMode !== 'awsvpc' || question.networkConfiguration !== undefined;
}
