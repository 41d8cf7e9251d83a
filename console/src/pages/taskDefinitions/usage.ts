/** Who uses a revision: services whose deployments or task sets name it, and tasks made of it. */
import type { Service, Task } from '@aws-sdk/client-ecs';

export interface Usage {
  readonly services: readonly Service[];
  /** Tasks that have not stopped, those of services among them. */
  readonly tasks: readonly Task[];
  /** Tasks of no service: nobody replaces them. */
  readonly standaloneTasks: readonly Task[];
}

export const UNUSED: Usage = { services: [], tasks: [], standaloneTasks: [] };

/** Usage by the revision's ARN; a revision that nobody uses has no entry. */
export function usageByRevision(
  services: readonly Service[],
  tasks: readonly Task[],
): Map<string, Usage> {
  const found = new Map<string, { services: Service[]; tasks: Task[]; standaloneTasks: Task[] }>();
  const of = (arn: string) => {
    const usage = found.get(arn) ?? { services: [], tasks: [], standaloneTasks: [] };
    found.set(arn, usage);
    return usage;
  };
  for (const service of services) {
    for (const arn of revisionsNamedBy(service)) of(arn).services.push(service);
  }
  for (const task of tasks) {
    if (!task.taskDefinitionArn) continue;
    const usage = of(task.taskDefinitionArn);
    usage.tasks.push(task);
    if (!task.group?.startsWith('service:')) usage.standaloneTasks.push(task);
  }
  return found;
}

/** The revisions that a service would start tasks of, or still has some of. */
export function revisionsNamedBy(service: Service): Set<string> {
  const named = [
    service.taskDefinition,
    ...(service.deployments ?? []).map(({ taskDefinition }) => taskDefinition),
    ...(service.taskSets ?? []).map(({ taskDefinition }) => taskDefinition),
  ];
  return new Set(named.filter((arn) => arn !== undefined));
}

/** `2 services, 6 tasks`, or `not used`. */
export function usageInWords(usage: Usage): string {
  const parts: string[] = [];
  if (usage.services.length) parts.push(amount(usage.services.length, 'service'));
  if (usage.tasks.length) parts.push(amount(usage.tasks.length, 'task'));
  return parts.join(', ') || 'Not used';
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
