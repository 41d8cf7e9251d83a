/** The service's events, the newest first, with what they name as links. */
import type { Service, ServiceEvent } from '@aws-sdk/client-ecs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { EmptyState } from '../../widgets/EmptyState';
import { EventsOf } from '../../widgets/events/EventsOf';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { When } from '../../widgets/When';
import { EventMessage } from './EventMessage';

/** Its own sentences are listed already. */
const TYPES = ['task', 'deployment', 'hook'];

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
    <SpaceBetween size="l">
      <ItemTable
        title="Service events"
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
      <EventsOf
        cluster={cluster}
        service={service.serviceName}
        types={TYPES}
        description="What is not told above: its tasks, deployments and hooks as they change."
      />
    </SpaceBetween>
  );
}
