/** How a revision reads in a row of a table. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { revisionOf } from '../../aws/arns';

/** `web:3`. */
export function shortName({ taskDefinitionArn }: TaskDefinition): string {
  const { family, revision } = revisionOf(taskDefinitionArn);
  return `${family}:${revision}`;
}

export function revisionNumber({ revision, taskDefinitionArn }: TaskDefinition): number {
  return revision ?? revisionOf(taskDefinitionArn).revision;
}

/** Whether more than its name and status is known yet. */
export function isDescribed({ containerDefinitions }: TaskDefinition): boolean {
  return containerDefinitions !== undefined;
}

export function imagesOf({ containerDefinitions = [] }: TaskDefinition): string[] {
  return [...new Set(containerDefinitions.map(({ image }) => image ?? '–'))];
}

/** The task's own size, or what its containers have in all, as an instance must offer. */
export function sizeOf(definition: TaskDefinition): string {
  const containers = definition.containerDefinitions ?? [];
  const cpu = Number(definition.cpu ?? sum(containers.map((one) => one.cpu)));
  const memory = Number(
    definition.memory ?? sum(containers.map((one) => one.memoryReservation ?? one.memory)),
  );
  return `${cpu} units, ${memory} MiB`;
}

/** The highest number first. */
export function newestFirst(definitions: readonly TaskDefinition[]): TaskDefinition[] {
  return [...definitions].sort((a, b) => revisionNumber(b) - revisionNumber(a));
}

/** `web:1, web:2 and 3 more`. */
export function nameSome(names: readonly string[], most = 5): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** `1 revision`, `3 revisions`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, one) => total + (one ?? 0), 0);
}
