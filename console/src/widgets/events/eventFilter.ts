/** What a page of events is filtered by, and the command that shows the same. */
import { quoted } from '../../aws/commandLine';
import type { EventQuery } from '../../live/eventStream';

/** How far back one looks: what the address and the command say. */
export const PERIODS = [
  { value: '15m', label: 'Last 15 minutes', seconds: 900 },
  { value: '1h', label: 'Last hour', seconds: 3_600 },
  { value: '1d', label: 'Last day', seconds: 86_400 },
  { value: 'all', label: 'All that is kept', seconds: undefined },
] as const;

export const FIRST_PERIOD = '15m';

export const EVENT_TYPES = [
  { value: 'task', label: 'Tasks' },
  { value: 'container-instance', label: 'Container instances' },
  { value: 'service', label: 'Services' },
  { value: 'deployment', label: 'Deployments' },
  { value: 'hook', label: 'Hooks' },
] as const;

export interface EventFilter {
  readonly cluster: string;
  readonly service: string;
  readonly task: string;
  readonly types: readonly string[];
  readonly period: string;
}

export function queryOf(filter: EventFilter): EventQuery {
  const { cluster, service, task, types } = filter;
  return { cluster, service, task, types, sinceSeconds: periodOf(filter).seconds };
}

/** An address may say what there is not; unknown types the server refuses, and says so. */
export function periodOf({ period }: EventFilter) {
  return PERIODS.find(({ value }) => value === period) ?? PERIODS[0];
}

export function commandOf(filter: EventFilter): string {
  const { value, seconds } = periodOf(filter);
  // With --follow and no --since the command shows only what is to come.
  const since = seconds === undefined ? '3650d' : value;
  const options = [
    ...filter.types.map((type) => `--type ${quoted(type)}`),
    ...(['cluster', 'service', 'task'] as const)
      .filter((name) => filter[name])
      .map((name) => `--${name} ${quoted(filter[name])}`),
    `--since ${since}`,
  ];
  return ['roadstead events --follow', ...options].join(' ');
}
