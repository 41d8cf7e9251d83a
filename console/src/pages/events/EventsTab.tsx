/** What happens in one cluster, as it happens. */
import EventLines from '../../widgets/events/EventLines';
import { useEventFilter } from './useEventFilter';

export default function EventsTab({ cluster }: { cluster: string }) {
  const { filter, filters } = useEventFilter(cluster);
  return <EventLines title="Published events" filter={filter} filters={filters} />;
}
