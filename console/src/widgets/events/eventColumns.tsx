/** The columns of a table of events. */
import Button from '@cloudscape-design/components/button';
import type { ReadEvent } from '../../live/events';
import { ArnLink } from '../ArnLink';
import type { Column } from '../ItemRows';
import { Sign } from '../Sign';
import { type EventWords, type Part, plainWords, wordsOf } from './eventWords';

/** Worked out once for an event, however often it is drawn and looked through. */
const kept = new WeakMap<ReadEvent, EventWords>();

function wordsFor(read: ReadEvent): EventWords {
  const known = kept.get(read);
  if (known) return known;
  const made = wordsOf(read.event);
  kept.set(read, made);
  return made;
}

export function eventColumns(onOpen: (read: ReadEvent) => void): readonly Column<ReadEvent>[] {
  return [
    {
      id: 'at',
      header: 'When',
      // Events of one second in the order in which they were told.
      value: ({ key, event }) => `${event.time ?? ''} ${String(key).padStart(12, '0')}`,
      cell: ({ event }) => <Moment iso={event.time} />,
      width: 150,
    },
    {
      id: 'subject',
      header: 'What',
      value: (read) => read.event['detail-type'],
      cell: (read) => <Parts parts={wordsFor(read).subject} />,
      width: 250,
    },
    {
      id: 'happened',
      header: 'What happened',
      value: (read) => plainWords(wordsFor(read)),
      cell: (read) => <Happened words={wordsFor(read)} />,
    },
    {
      id: 'whole',
      header: 'Whole',
      cell: (read) => (
        <Button
          variant="inline-link"
          ariaLabel={`JSON of ${wordsFor(read)
            .subject.map(({ text }) => text)
            .join('')}`}
          onClick={() => onOpen(read)}
        >
          JSON
        </Button>
      ),
      width: 90,
    },
  ];
}

function Happened({ words }: { words: EventWords }) {
  const parts = <Parts parts={words.happened} />;
  return words.isBad ? <Sign type="error">{parts}</Sign> : parts;
}

function Parts({ parts }: { parts: readonly Part[] }) {
  return (
    <>
      {parts.map(({ text, arn }, index) => {
        const key = `${index} ${text}`;
        return arn ? (
          <ArnLink key={key} arn={arn}>
            {text}
          </ArnLink>
        ) : (
          <span key={key}>{text}</span>
        );
      })}
    </>
  );
}

/** The time of day, with the date unless it is today's. */
function Moment({ iso }: { iso: string | undefined }) {
  const moment = new Date(iso ?? '');
  if (Number.isNaN(moment.getTime())) return <>{iso ?? '–'}</>;
  const isToday = moment.toDateString() === new Date().toDateString();
  return (
    <time className="word" dateTime={iso} title={moment.toLocaleString()}>
      {isToday ? moment.toLocaleTimeString() : moment.toLocaleString()}
    </time>
  );
}
