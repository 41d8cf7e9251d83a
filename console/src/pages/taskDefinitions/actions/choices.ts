/** What can be done with the selected revisions, and why the rest cannot. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { nameSome, newestFirst, revisionNumber, shortName } from '../summary';

export const ACTIONS = [
  { id: 'deregister', text: 'Deregister' },
  { id: 'delete', text: 'Delete' },
  { id: 'create-revision', text: 'Create new revision' },
  { id: 'run-task', text: 'Run task' },
  { id: 'create-service', text: 'Create service' },
  { id: 'update-service', text: 'Update service' },
  { id: 'compare', text: 'Compare' },
] as const;

export type ActionId = (typeof ACTIONS)[number]['id'];

/** Undefined when it can be done with these; else why not. */
export function whyNot(action: ActionId, selected: readonly TaskDefinition[]): string | undefined {
  if (!selected.length) return 'Select a revision first.';
  switch (action) {
    case 'deregister':
      return refused(
        selected,
        (one) => one.status === 'ACTIVE',
        'Only ACTIVE revisions can be deregistered',
      );
    case 'delete':
      return refused(
        selected,
        (one) => one.status === 'INACTIVE',
        'Only INACTIVE revisions can be deleted: deregister them first',
      );
    case 'compare':
      return selected.length === 2 ? undefined : 'Comparing takes two revisions.';
    case 'create-revision':
      return selected.length === 1 ? undefined : 'Select one revision.';
    default:
      if (selected.length > 1) return 'Select one revision.';
      return refused(
        selected,
        (one) => one.status === 'ACTIVE',
        'New tasks and services can only be made of an ACTIVE revision',
      );
  }
}

/** What a revision is compared with where no other was selected: the one before it, or after. */
export function neighbourOf(
  one: TaskDefinition,
  all: readonly TaskDefinition[],
): TaskDefinition | undefined {
  const number = revisionNumber(one);
  const others = newestFirst(all).filter((other) => revisionNumber(other) !== number);
  return others.find((other) => revisionNumber(other) < number) ?? others.at(-1);
}

function refused(
  selected: readonly TaskDefinition[],
  isGood: (one: TaskDefinition) => boolean,
  why: string,
): string | undefined {
  const bad = selected.filter((one) => !isGood(one));
  if (!bad.length) return undefined;
  const said = bad.map((one) => `${shortName(one)} is ${one.status ?? 'of no known status'}`);
  return `${why}. ${nameSome(said, 2)}.`;
}
