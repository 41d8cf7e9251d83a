/** ECS's operations, as calls. One line for each that the console uses. */
import * as sdk from '@aws-sdk/client-ecs';
import type { Call } from './call';
import { ecsClient } from './clients';

/** The SDK's own types keep each command's output to itself: what is sent is cast, once, here. */
type CommandClass<I extends object> = new (input: I) => object;

function ecs<I extends object, O>(operation: string, Command: CommandClass<I>) {
  return (input: I): Call<O> => ({
    service: 'ecs',
    operation,
    input,
    send: (signal) =>
      ecsClient().send(new Command(input) as never, { abortSignal: signal }) as Promise<O>,
  });
}

export const createCluster = ecs<sdk.CreateClusterCommandInput, sdk.CreateClusterCommandOutput>(
  'CreateCluster',
  sdk.CreateClusterCommand,
);
export const deleteCluster = ecs<sdk.DeleteClusterCommandInput, sdk.DeleteClusterCommandOutput>(
  'DeleteCluster',
  sdk.DeleteClusterCommand,
);
export const updateCluster = ecs<sdk.UpdateClusterCommandInput, sdk.UpdateClusterCommandOutput>(
  'UpdateCluster',
  sdk.UpdateClusterCommand,
);
export const describeClusters = ecs<
  sdk.DescribeClustersCommandInput,
  sdk.DescribeClustersCommandOutput
>('DescribeClusters', sdk.DescribeClustersCommand);
export const listClusters = ecs<sdk.ListClustersCommandInput, sdk.ListClustersCommandOutput>(
  'ListClusters',
  sdk.ListClustersCommand,
);
export const describeContainerInstances = ecs<
  sdk.DescribeContainerInstancesCommandInput,
  sdk.DescribeContainerInstancesCommandOutput
>('DescribeContainerInstances', sdk.DescribeContainerInstancesCommand);
export const listContainerInstances = ecs<
  sdk.ListContainerInstancesCommandInput,
  sdk.ListContainerInstancesCommandOutput
>('ListContainerInstances', sdk.ListContainerInstancesCommand);
export const deregisterContainerInstance = ecs<
  sdk.DeregisterContainerInstanceCommandInput,
  sdk.DeregisterContainerInstanceCommandOutput
>('DeregisterContainerInstance', sdk.DeregisterContainerInstanceCommand);
export const updateContainerInstancesState = ecs<
  sdk.UpdateContainerInstancesStateCommandInput,
  sdk.UpdateContainerInstancesStateCommandOutput
>('UpdateContainerInstancesState', sdk.UpdateContainerInstancesStateCommand);
export const updateContainerAgent = ecs<
  sdk.UpdateContainerAgentCommandInput,
  sdk.UpdateContainerAgentCommandOutput
>('UpdateContainerAgent', sdk.UpdateContainerAgentCommand);
export const putAttributes = ecs<sdk.PutAttributesCommandInput, sdk.PutAttributesCommandOutput>(
  'PutAttributes',
  sdk.PutAttributesCommand,
);
export const deleteAttributes = ecs<
  sdk.DeleteAttributesCommandInput,
  sdk.DeleteAttributesCommandOutput
>('DeleteAttributes', sdk.DeleteAttributesCommand);
export const describeTasks = ecs<sdk.DescribeTasksCommandInput, sdk.DescribeTasksCommandOutput>(
  'DescribeTasks',
  sdk.DescribeTasksCommand,
);
export const listTasks = ecs<sdk.ListTasksCommandInput, sdk.ListTasksCommandOutput>(
  'ListTasks',
  sdk.ListTasksCommand,
);
export const runTask = ecs<sdk.RunTaskCommandInput, sdk.RunTaskCommandOutput>(
  'RunTask',
  sdk.RunTaskCommand,
);
export const startTask = ecs<sdk.StartTaskCommandInput, sdk.StartTaskCommandOutput>(
  'StartTask',
  sdk.StartTaskCommand,
);
export const stopTask = ecs<sdk.StopTaskCommandInput, sdk.StopTaskCommandOutput>(
  'StopTask',
  sdk.StopTaskCommand,
);
export const getTaskProtection = ecs<
  sdk.GetTaskProtectionCommandInput,
  sdk.GetTaskProtectionCommandOutput
>('GetTaskProtection', sdk.GetTaskProtectionCommand);
export const updateTaskProtection = ecs<
  sdk.UpdateTaskProtectionCommandInput,
  sdk.UpdateTaskProtectionCommandOutput
>('UpdateTaskProtection', sdk.UpdateTaskProtectionCommand);
export const describeServices = ecs<
  sdk.DescribeServicesCommandInput,
  sdk.DescribeServicesCommandOutput
>('DescribeServices', sdk.DescribeServicesCommand);
export const listServices = ecs<sdk.ListServicesCommandInput, sdk.ListServicesCommandOutput>(
  'ListServices',
  sdk.ListServicesCommand,
);
export const createService = ecs<sdk.CreateServiceCommandInput, sdk.CreateServiceCommandOutput>(
  'CreateService',
  sdk.CreateServiceCommand,
);
export const updateService = ecs<sdk.UpdateServiceCommandInput, sdk.UpdateServiceCommandOutput>(
  'UpdateService',
  sdk.UpdateServiceCommand,
);
export const deleteService = ecs<sdk.DeleteServiceCommandInput, sdk.DeleteServiceCommandOutput>(
  'DeleteService',
  sdk.DeleteServiceCommand,
);
export const describeServiceDeployments = ecs<
  sdk.DescribeServiceDeploymentsCommandInput,
  sdk.DescribeServiceDeploymentsCommandOutput
>('DescribeServiceDeployments', sdk.DescribeServiceDeploymentsCommand);
export const listServiceDeployments = ecs<
  sdk.ListServiceDeploymentsCommandInput,
  sdk.ListServiceDeploymentsCommandOutput
>('ListServiceDeployments', sdk.ListServiceDeploymentsCommand);
export const describeServiceRevisions = ecs<
  sdk.DescribeServiceRevisionsCommandInput,
  sdk.DescribeServiceRevisionsCommandOutput
>('DescribeServiceRevisions', sdk.DescribeServiceRevisionsCommand);
export const stopServiceDeployment = ecs<
  sdk.StopServiceDeploymentCommandInput,
  sdk.StopServiceDeploymentCommandOutput
>('StopServiceDeployment', sdk.StopServiceDeploymentCommand);
export const continueServiceDeployment = ecs<
  sdk.ContinueServiceDeploymentCommandInput,
  sdk.ContinueServiceDeploymentCommandOutput
>('ContinueServiceDeployment', sdk.ContinueServiceDeploymentCommand);
export const describeTaskDefinition = ecs<
  sdk.DescribeTaskDefinitionCommandInput,
  sdk.DescribeTaskDefinitionCommandOutput
>('DescribeTaskDefinition', sdk.DescribeTaskDefinitionCommand);
export const listTaskDefinitions = ecs<
  sdk.ListTaskDefinitionsCommandInput,
  sdk.ListTaskDefinitionsCommandOutput
>('ListTaskDefinitions', sdk.ListTaskDefinitionsCommand);
export const listTaskDefinitionFamilies = ecs<
  sdk.ListTaskDefinitionFamiliesCommandInput,
  sdk.ListTaskDefinitionFamiliesCommandOutput
>('ListTaskDefinitionFamilies', sdk.ListTaskDefinitionFamiliesCommand);
export const registerTaskDefinition = ecs<
  sdk.RegisterTaskDefinitionCommandInput,
  sdk.RegisterTaskDefinitionCommandOutput
>('RegisterTaskDefinition', sdk.RegisterTaskDefinitionCommand);
export const deregisterTaskDefinition = ecs<
  sdk.DeregisterTaskDefinitionCommandInput,
  sdk.DeregisterTaskDefinitionCommandOutput
>('DeregisterTaskDefinition', sdk.DeregisterTaskDefinitionCommand);
export const deleteTaskDefinitions = ecs<
  sdk.DeleteTaskDefinitionsCommandInput,
  sdk.DeleteTaskDefinitionsCommandOutput
>('DeleteTaskDefinitions', sdk.DeleteTaskDefinitionsCommand);
export const tagResource = ecs<sdk.TagResourceCommandInput, sdk.TagResourceCommandOutput>(
  'TagResource',
  sdk.TagResourceCommand,
);
export const untagResource = ecs<sdk.UntagResourceCommandInput, sdk.UntagResourceCommandOutput>(
  'UntagResource',
  sdk.UntagResourceCommand,
);
export const listTagsForResource = ecs<
  sdk.ListTagsForResourceCommandInput,
  sdk.ListTagsForResourceCommandOutput
>('ListTagsForResource', sdk.ListTagsForResourceCommand);
export const listAccountSettings = ecs<
  sdk.ListAccountSettingsCommandInput,
  sdk.ListAccountSettingsCommandOutput
>('ListAccountSettings', sdk.ListAccountSettingsCommand);
