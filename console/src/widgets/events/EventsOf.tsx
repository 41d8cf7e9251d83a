/** What is published of one task or service, on its page: a stream is opened when one looks. */
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { EventFilter } from './eventFilter';

const EventLines = lazy(() => import('./EventLines'));

interface Props extends Partial<EventFilter> {
  cluster: string;
  /** What they tell of. */
  description: string;
}

const NOTHING: EventFilter = { cluster: '', service: '', task: '', types: [], period: 'all' };

export function EventsOf({ description, cluster, service = '', task = '', types }: Props) {
  const [isOpen, setOpen] = useState(false);
  const filter = useMemo(
    () => ({ ...NOTHING, cluster, service, task, types: types ?? NOTHING.types }),
    [cluster, service, task, types],
  );
  return (
    <ExpandableSection
      variant="container"
      headerText="Published events"
      headerDescription={description}
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && (
        <Suspense fallback={<Spinner />}>
          <EventLines filter={filter} variant="embedded" />
        </Suspense>
      )}
    </ExpandableSection>
  );
}
