/** What is to be sent so that a thing has the tags that one wants. */
import type { Tag } from '@aws-sdk/client-ecs';

/** New tags, and those with another value. */
export function changedTags(before: readonly Tag[], after: readonly Tag[]): Tag[] {
  const values = new Map(before.map(({ key, value }) => [key, value ?? '']));
  return after.filter(({ key, value }) => values.get(key) !== (value ?? ''));
}

/** Keys that are no longer wanted. */
export function removedKeys(before: readonly Tag[], after: readonly Tag[]): string[] {
  const wanted = new Set(after.map(({ key }) => key));
  return before.flatMap(({ key }) => (key !== undefined && !wanted.has(key) ? [key] : []));
}
