/** What ECS says of tags that it would refuse. */
import type { Tag } from '@aws-sdk/client-ecs';

export const TAGS_MAX = 50;
const KEY_MAX = 128;
const VALUE_MAX = 256;
const ALLOWED = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;
const WORDS = 'letters, digits, spaces and + - = . _ : / @';

export function keyProblem(key: string | undefined, tags: readonly Tag[]): string | undefined {
  if (!key) return 'A tag needs a key of 1 to 128 characters.';
  if (key.length > KEY_MAX || !ALLOWED.test(key))
    return `A key has up to ${KEY_MAX} characters: ${WORDS}.`;
  if (/^aws:/i.test(key)) return 'Keys that begin with aws: are reserved.';
  if (tags.filter((one) => one.key === key).length > 1)
    return `Duplicate tag key '${key}'. Each key may be given once.`;
  return undefined;
}

export function valueProblem(value: string | undefined): string | undefined {
  if ((value ?? '').length > VALUE_MAX || !ALLOWED.test(value ?? ''))
    return `A value has up to ${VALUE_MAX} characters: ${WORDS}.`;
  return undefined;
}

/** The first thing wrong with the tags; undefined if nothing. */
export function tagsProblem(tags: readonly Tag[]): string | undefined {
  if (tags.length > TAGS_MAX)
    return `A resource can have up to ${TAGS_MAX} tags, the request has ${tags.length}.`;
  const problems = tags.flatMap(({ key, value }) => [keyProblem(key, tags), valueProblem(value)]);
  return problems.find((one) => one !== undefined);
}
