/** The columns of the list of services. */
import type { Service } from '@aws-sdk/client-ecs';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import { ArnLink } from '../../widgets/ArnLink';
import type { Column } from '../../widgets/ItemTable';
import { Sign } from '../../widgets/Sign';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { CountsBar } from './CountsBar';
import { deploymentState } from './deploymentState';

export function serviceColumns(cluster: string): readonly Column<Service>[] {
  return [
    {
      id: 'name',
      header: 'Service',
      value: ({ serviceName }) => serviceName,
      cell: ({ serviceName = '' }) => (
        <AppLink to={paths.service(cluster, serviceName)}>{serviceName}</AppLink>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      value: ({ status }) => status,
      cell: ({ status }) => <StatusLabel status={status} />,
    },
    {
      id: 'tasks',
      header: 'Tasks',
      value: ({ runningCount }) => runningCount ?? 0,
      cell: (service) => <CountsBar service={service} />,
      width: 190,
    },
    {
      id: 'deployment',
      header: 'Deployment',
      value: (service) => deploymentState(service).words,
      cell: (service) => {
        const { sign, words } = deploymentState(service);
        return <Sign type={sign}>{words}</Sign>;
      },
      width: 250,
    },
    {
      id: 'task-definition',
      header: 'Task definition',
      value: ({ taskDefinition }) => nameOf(taskDefinition),
      cell: ({ taskDefinition }) => <ArnLink arn={taskDefinition} />,
    },
    {
      id: 'scheduling',
      header: 'Scheduling',
      value: ({ schedulingStrategy }) => schedulingStrategy,
      cell: ({ schedulingStrategy }) => schedulingStrategy ?? '–',
    },
    {
      id: 'created',
      header: 'Created',
      value: ({ createdAt }) => createdAt?.getTime(),
      cell: ({ createdAt }) => <When at={createdAt} />,
    },
  ];
}
