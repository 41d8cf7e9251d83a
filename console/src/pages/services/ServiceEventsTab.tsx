/** The service's events, the newest first, with what they name as links. */
import type { Service, ServiceEvent } from '@aws-sdk/client-ecs';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { When } from '../../widgets/When';
import { EventMessage } from './EventMessage';

export function ServiceEventsTab({ cluster, service }: { cluster: string; service: Service }) {
  const columns: readonly Column<ServiceEvent>[] = [
    {
      id: 'at',
      header: 'When',
      value: ({ createdAt }) => createdAt?.getTime(),
      cell: ({ createdAt }) => <When at={createdAt} />,
      width: 170,
    },
    {
      id: 'message',
      header: 'Message',
      value: ({ message }) => message,
      cell: ({ message = '' }) => <EventMessage message={message} cluster={cluster} />,
    },
  ];
  return (
    <ItemTable
      title="Events"
      name="events"
      items={service.events ?? []}
      columns={columns}
      idOf={({ id = '' }) => id}
      sortedBy="at"
      isDescending
      empty={
        <EmptyState title="No events">
          What the scheduler does for this service is told here, and the last 100 are kept.
        </EmptyState>
      }
    />
  );
}
