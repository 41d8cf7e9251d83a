/**
 * Tasks that ECS recorded as STOPPED though nobody told it that they ended. The record is all that
 * the API tells of them, so what else may be true of their containers is said here, in words.
 */
import type { Task } from '@aws-sdk/client-ecs';
import { isOrphaned } from '../../widgets/orphanedTask';
import { serviceOf } from './taskGroups';

export type Loss =
  /** Its container instance was deregistered by force: the containers run on. */
  | 'orphaned'
  /** Its machine stopped or was terminated, and the containers with it. */
  | 'ended with its machine'
  /** Its machine was silent for so long that the task was given up: nobody knows. */
  | 'given up'
  /** It was to stop already when one of these happened; its record keeps the first reason. */
  | 'lost while it stopped';

const SILENT = /^host ec2 .* was not heard for/i;
const HOST_ENDED = /^host ec2 .* (stopped|terminated)/i;

/** Undefined for a task that has not stopped, or whose end was reported. */
export function lossOf(task: Task): Loss | undefined {
  const { lastStatus, connectivity, stoppedReason = '' } = task;
  if (lastStatus !== 'STOPPED') return undefined;
  if (isOrphaned(task)) return 'orphaned';
  if (connectivity !== 'DISCONNECTED') return undefined;
  if (SILENT.test(stoppedReason)) return 'given up';
  if (HOST_ENDED.test(stoppedReason)) return 'ended with its machine';
  return 'lost while it stopped';
}

/** Whether containers of it may run all the same. */
export function mayRunOn(task: Task): boolean {
  const loss = lossOf(task);
  return loss !== undefined && loss !== 'ended with its machine';
}

/** A word or two beside the status. */
export const LOSS_SIGNS: Readonly<Record<Loss, string>> = {
  orphaned: 'orphaned',
  'ended with its machine': '',
  'given up': 'given up',
  'lost while it stopped': 'its end was not reported',
};

/** Of a container, beside the status that ECS recorded. */
export const CONTAINER_SIGNS: Readonly<Record<Loss, string>> = {
  orphaned: 'recorded; it runs on, unmonitored',
  'ended with its machine': '',
  'given up': 'recorded; may run on',
  'lost while it stopped': 'recorded; its end was not reported',
};

export interface LossWords {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** What ECS's record does not say; undefined where the record is all there is to say. */
export function lossWords(task: Task): LossWords | undefined {
  switch (lossOf(task)) {
    case 'orphaned':
      return {
        heading: 'The task is orphaned: no longer monitored or accounted for by ECS',
        lines: [
          'Its container instance was deregistered by force. ECS recorded the task as STOPPED, but stopped nothing: its containers remain running on the machine until the instance is terminated or they stop by some other means.',
          ...copyWords(task),
          ...interfaceWords(task),
        ],
      };
    case 'given up':
      return {
        heading: 'The task was given up: its machine was not heard',
        lines: [
          'ECS recorded it as STOPPED, so that others can take its place. Whether its containers run on is not known. If the agent comes back, it is told to end them.',
          ...copyWords(task),
        ],
      };
    case 'lost while it stopped':
      return {
        heading: 'The task was to stop, and nobody reported that it ended',
        lines: [
          'Its container instance was deregistered, or its machine was lost, before its agent reported the end. ECS recorded it as STOPPED. Containers that had not ended by then may run on until the instance is terminated.',
        ],
      };
    default:
      return undefined;
  }
}

/** That nobody replaces a standalone task is said by ExplainTask. */
function copyWords(task: Task): string[] {
  const service = serviceOf(task);
  if (!service) return [];
  return [
    `It was part of service ${service}, whose scheduler starts another copy on a different container instance, if possible.`,
  ];
}

/** An orphan in awsvpc mode loses its interface, at once or when its targets have drained. */
function interfaceWords({ attachments = [] }: Task): string[] {
  const own = attachments.filter(({ type }) => type === 'ElasticNetworkInterface');
  if (!own.length) return [];
  return own.every(({ status }) => status === 'DELETED' || status === 'DETACHED')
    ? ['Its network interface is deleted: what remains running has no network.']
    : ['Its network interface is deleted once the requests that are under way are answered.'];
}
