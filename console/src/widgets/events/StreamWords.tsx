/** How the stream of events is: followed, held still, away; and what is no longer in memory. */
import { EVENTS_KEPT_MAX, type StreamState } from '../../live/events';
import { Sign, type SignType } from '../Sign';

interface Props {
  state: StreamState;
  isPaused: boolean;
  waiting: number;
  letGo: number;
}

export function StreamWords({ state, isPaused, waiting, letGo }: Props) {
  const { type, text } = stateWords(state, isPaused, waiting);
  return (
    <>
      <Sign type={type}>{text}</Sign>
      {letGo > 0 &&
        ` · the newest ${EVENTS_KEPT_MAX.toLocaleString()} are kept here, ${letGo.toLocaleString()} older let go`}
    </>
  );
}

export function stateWords(
  state: StreamState,
  isPaused: boolean,
  waiting: number,
): { type: SignType; text: string } {
  if (state.at === 'refused') return { type: 'error', text: 'Not followed' };
  if (state.at === 'away') {
    return { type: 'warning', text: `${state.why} Connecting again, to go on where it ended` };
  }
  if (isPaused) return { type: 'stopped', text: `Paused · ${waiting.toLocaleString()} new` };
  if (state.at === 'connecting') return { type: 'pending', text: 'Connecting' };
  return { type: 'success', text: 'Following' };
}
