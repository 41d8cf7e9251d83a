/** Events of a filter, one a line, the newest first: what is kept, then what happens. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { type ReactNode, useMemo, useState } from 'react';
import type { ReadEvent } from '../../live/events';
import { EmptyState } from '../EmptyState';
import { FailureAlert } from '../FailureAlert';
import { ItemTable } from '../ItemTable';
import { EventDialog } from './EventDialog';
import { eventColumns } from './eventColumns';
import { commandOf, type EventFilter, periodOf, queryOf } from './eventFilter';
import { StreamWords } from './StreamWords';
import { useEvents } from './useEvents';

interface Props {
  /** Not the words of the tab or the section that it is in. */
  title?: string;
  filter: EventFilter;
  /** What the filter is set with. */
  filters?: ReactNode;
  variant?: TableProps['variant'];
}

export default function EventLines({ title = 'Events', filter, filters, variant }: Props) {
  const followed = useEvents(queryOf(filter));
  const { events, state, isPaused, waiting, pause, resume, missed } = followed;
  const [opened, open] = useState<ReadEvent>();
  const columns = useMemo(() => eventColumns(open), []);
  const command = commandOf(filter);
  const actions = useMemo(
    () => (
      <SpaceBetween direction="horizontal" size="xs">
        <CopyToClipboard
          copyButtonText="Copy as command"
          copySuccessText="Command copied"
          copyErrorText="The browser does not let us copy"
          textToCopy={command}
          variant="button"
        />
        <Button iconName={isPaused ? 'play' : 'pause'} onClick={isPaused ? resume : pause}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
      </SpaceBetween>
    ),
    [command, isPaused, pause, resume],
  );
  const { letGo } = followed;
  const description = useMemo(
    () => <StreamWords state={state} isPaused={isPaused} waiting={waiting} letGo={letGo} />,
    [state, isPaused, waiting, letGo],
  );
  const period = periodOf(filter).label.toLowerCase();
  const empty = useMemo(() => <NoEvents command={command} period={period} />, [command, period]);
  return (
    <SpaceBetween size="m">
      {state.at === 'refused' && (
        <FailureAlert failure={state.failure} title="Events cannot be followed" />
      )}
      {missed > 0 && (
        <Alert
          type="warning"
          header={`${missed} ${missed === 1 ? 'event was' : 'events were'} missed`}
        >
          They were no longer kept when this page could ask for them again.
        </Alert>
      )}
      <ItemTable
        title={title}
        items={events}
        columns={columns}
        idOf={idOf}
        isLoading={state.at === 'connecting'}
        description={description}
        actions={actions}
        filters={filters}
        empty={empty}
        sortedBy="at"
        isDescending
        variant={variant}
      />
      {opened && <EventDialog event={opened.event} onDismiss={() => open(undefined)} />}
    </SpaceBetween>
  );
}

const idOf = ({ key }: ReadEvent) => String(key);

function NoEvents({ command, period }: { command: string; period: string }) {
  return (
    <EmptyState title="No events">
      Nothing happened here ({period}). Whatever starts, stops, is deployed or drained is told at
      once, here and by <code>{command}</code>
    </EmptyState>
  );
}
