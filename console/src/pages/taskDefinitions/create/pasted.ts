/** What one pastes may be the answer of DescribeTaskDefinition: then it has more than is taken. */
import { isObject, type Json, READ_ONLY } from '../document';

export function isDescription(value: Json): boolean {
  if (!isObject(value)) return false;
  return isObject(value.taskDefinition) || READ_ONLY.some((member) => member in value);
}

/** The same without what only ECS says; `tags` stand beside a described task definition. */
export function withoutReadOnly(value: Json): Json {
  if (!isObject(value)) return value;
  const { taskDefinition, tags, ...rest } = value;
  if (isObject(taskDefinition)) {
    const hasTags = Array.isArray(tags) && tags.length > 0;
    return withoutReadOnly(hasTags ? { ...taskDefinition, tags } : taskDefinition);
  }
  const kept = { ...rest, ...(tags === undefined ? {} : { tags }) };
  return Object.fromEntries(Object.entries(kept).filter(([member]) => !READ_ONLY.includes(member)));
}
