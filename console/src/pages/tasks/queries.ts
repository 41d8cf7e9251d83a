/** What the page of a task asks. */
import type { ProtectedTask, Task } from '@aws-sdk/client-ecs';
import * as ecs from '../../aws/ecs';
import { type ExplainedTask, explainTask } from '../../aws/roadstead';
import { useLiveQuery } from '../../live/useLiveQuery';

/** One task; null for one that ECS does not know (any more). */
export function useTask(cluster: string, id: string) {
  return useLiveQuery<Task | null>({
    key: ['task', cluster, id],
    kinds: ['task'],
    arns: [id],
    ask: async (signal) => {
      const { tasks } = await ecs
        .describeTasks({ cluster, tasks: [id], include: ['TAGS'] })
        .send(signal);
      return tasks?.[0] ?? null;
    },
  });
}

/** Why a task waits also depends on the clock and on its instance. */
const EXPLAINED_EVERY_MS = 5_000;

export function useExplanation(cluster: string, id: string, isOver: boolean) {
  return useLiveQuery<ExplainedTask | undefined>({
    key: ['explained task', cluster, id],
    kinds: ['task', 'container-instance'],
    arns: [id],
    ...(isOver ? {} : { everyMs: EXPLAINED_EVERY_MS }),
    ask: async (signal) => (await explainTask({ cluster, task: id }).send(signal)).task,
  });
}

/** Null if ECS says that the task cannot be protected. */
export function useProtection(cluster: string, id: string) {
  return useLiveQuery<ProtectedTask | null>({
    key: ['task protection', cluster, id],
    kinds: ['task', 'task-protection'],
    arns: [id],
    everyMs: EXPLAINED_EVERY_MS, // it expires without anything changing
    ask: async (signal) => {
      const { protectedTasks } = await ecs.getTaskProtection({ cluster, tasks: [id] }).send(signal);
      return protectedTasks?.[0] ?? null;
    },
  });
}
