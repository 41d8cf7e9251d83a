/** What happens in all clusters, as it happens. */
import { useMemo } from 'react';
import { useClusters } from '../../live/clusters';
import EventLines from '../../widgets/events/EventLines';
import { PageFrame } from '../../widgets/PageFrame';
import { useEventFilter } from './useEventFilter';

export default function EventsPage() {
  const { data } = useClusters();
  const names = useMemo(
    () => (data ?? []).flatMap(({ clusterName }) => clusterName ?? []).sort(),
    [data],
  );
  const { filter, filters } = useEventFilter('', names);
  return (
    <PageFrame
      title="Events"
      description="What happens to tasks, container instances, services and deployments, as EventBridge would be told."
    >
      <EventLines title="Published events" filter={filter} filters={filters} />
    </PageFrame>
  );
}
