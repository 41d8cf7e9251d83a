/** The columns of a family's revisions. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { paths } from '../../app/paths';
import { revisionOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import type { Column } from '../../widgets/ItemTable';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { imagesOf, isDescribed, nameSome, revisionNumber, shortName, sizeOf } from './summary';
import { UNUSED, usageInWords } from './usage';
import type { UsageOfFamily } from './useUsage';

export function revisionColumns(usage: UsageOfFamily): Column<TaskDefinition>[] {
  const usageOf = ({ taskDefinitionArn = '' }: TaskDefinition) =>
    usage.byRevision.get(taskDefinitionArn) ?? UNUSED;
  return [
    {
      id: 'revision',
      header: 'Revision',
      value: revisionNumber,
      cell: (one) => (
        <AppLink to={paths.revision(revisionOf(one.taskDefinitionArn).family, revisionNumber(one))}>
          {shortName(one)}
        </AppLink>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      value: ({ status }) => status,
      cell: ({ status }) => <StatusLabel status={status} />,
    },
    {
      id: 'created',
      header: 'Created',
      value: ({ registeredAt }) => registeredAt?.getTime(),
      cell: ({ registeredAt }) => <When at={registeredAt} />,
    },
    {
      id: 'images',
      header: 'Images',
      value: (one) => imagesOf(one).join(' '),
      cell: (one) => (isDescribed(one) ? nameSome(imagesOf(one), 3) : '…'),
    },
    {
      id: 'size',
      header: 'CPU and memory',
      value: sizeOf,
      cell: (one) => (isDescribed(one) ? sizeOf(one) : '…'),
    },
    {
      id: 'compatibilities',
      header: 'Compatibilities',
      value: ({ compatibilities = [] }) => compatibilities.join(' '),
      cell: ({ compatibilities = [] }) => compatibilities.join(', ') || '–',
    },
    {
      id: 'usage',
      header: 'Used by',
      value: (one) => usageOf(one).tasks.length + usageOf(one).services.length,
      cell: (one) => (usage.isLoading ? '…' : usageInWords(usageOf(one))),
    },
  ];
}
