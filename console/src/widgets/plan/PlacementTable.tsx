/** Where a task would be placed, or why nowhere: each filter of placement and who fell to it. */
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { Placement } from '../../aws/roadstead';
import { machineOf } from './planWords';

interface Props {
  /** Of whom: a service's or a task definition's name. */
  title: string;
  placement: Placement;
}

export function PlacementTable({ title, placement }: Props) {
  const { falls = [], closest, advice, message, able = 0, registered = 0 } = placement;
  const shown = falls.filter(({ fell = 0 }) => fell > 0 || able > 0);
  return (
    <Alert
      type={able ? 'success' : 'warning'}
      header={able ? `${title}: there is room` : `${title}: no place for its next task`}
    >
      <SpaceBetween size="xs">
        <div>{message}</div>
        {shown.length > 0 && registered > 0 && (
          <Table
            variant="borderless"
            contentDensity="compact"
            wrapLines
            items={shown}
            columnDefinitions={[
              { id: 'filter', header: 'Filter', cell: ({ reason }) => reason, isRowHeader: true },
              { id: 'asks', header: 'Asks for', cell: ({ asks }) => asks },
              { id: 'fell', header: 'Instances that fell', cell: ({ fell }) => fell },
              { id: 'left', header: 'Left', cell: ({ left }) => left },
            ]}
            ariaLabels={{ tableLabel: `Placement of ${title}` }}
          />
        )}
        {closest && (
          <div>
            Closest: <b>{machineOf(closest)}</b>
            {closest.lacks
              ? `, lacks ${closest.lacks}`
              : closest.reason
                ? `, ${closest.reason}`
                : ''}
          </div>
        )}
        {advice && <div>→ {advice}</div>}
      </SpaceBetween>
    </Alert>
  );
}
