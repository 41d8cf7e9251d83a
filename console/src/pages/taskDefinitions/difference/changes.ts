/**
 * What is different between two documents, member by member. Items of lists are matched by what
 * names them – containers by name, ports by their number – so that order alone is no difference.
 */
import { isObject, type Json, type JsonObject, textOf } from '../document';

export type ChangeKind = 'added' | 'removed' | 'changed';

export interface Change {
  readonly kind: ChangeKind;
  /** `containerDefinitions[web].environment[COLOUR].value`. */
  readonly path: string;
  readonly from?: Json;
  readonly to?: Json;
  /** What names the value, when it may be a secret. */
  readonly namedBy?: string;
}

type Key = (item: JsonObject) => string;

const byMember =
  (member: string): Key =>
  (item) =>
    textOf(item[member]);

const KEYS: Record<string, Key> = {
  containerDefinitions: byMember('name'),
  volumes: byMember('name'),
  environment: byMember('name'),
  secrets: byMember('name'),
  secretOptions: byMember('name'),
  ulimits: byMember('name'),
  requiresAttributes: byMember('name'),
  tags: byMember('key'),
  mountPoints: byMember('containerPath'),
  volumesFrom: byMember('sourceContainer'),
  dependsOn: byMember('containerName'),
  systemControls: byMember('namespace'),
  environmentFiles: byMember('value'),
  extraHosts: byMember('hostname'),
  portMappings: (item) =>
    `${textOf(item.containerPort) || textOf(item.containerPortRange)}/${textOf(item.protocol) || 'tcp'}`,
};

export function changesBetween(from: JsonObject, to: JsonObject): Change[] {
  return compare(from, to, '', '', undefined);
}

function compare(
  from: Json | undefined,
  to: Json | undefined,
  path: string,
  member: string,
  namedBy: string | undefined,
): Change[] {
  if (isSame(from, to)) return [];
  if (from === undefined) return [{ kind: 'added', path, to, namedBy }];
  if (to === undefined) return [{ kind: 'removed', path, from, namedBy }];
  if (Array.isArray(from) && Array.isArray(to))
    return compareLists(from, to, path, member, namedBy);
  if (isObject(from) && isObject(to)) return compareMembers(from, to, path, member);
  return [{ kind: 'changed', path, from, to, namedBy }];
}

function compareMembers(from: JsonObject, to: JsonObject, path: string, member: string): Change[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].flatMap((name) => {
    const isPair = member === 'environment' && name === 'value';
    const namedBy = isPair ? textOf(to.name ?? from.name) : name;
    return compare(from[name], to[name], path ? `${path}.${name}` : name, name, namedBy);
  });
}

function compareLists(
  from: readonly Json[],
  to: readonly Json[],
  path: string,
  member: string,
  namedBy: string | undefined,
): Change[] {
  const key = KEYS[member];
  const old = key && keyed(from, key);
  const next = key && keyed(to, key);
  if (!old || !next) return [{ kind: 'changed', path, from: [...from], to: [...to], namedBy }];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name) =>
    compare(old.get(name), next.get(name), `${path}[${name}]`, member, name),
  );
}

/** The items by their keys; undefined when these do not tell them apart. */
function keyed(items: readonly Json[], key: Key): Map<string, JsonObject> | undefined {
  const found = new Map<string, JsonObject>();
  for (const item of items) {
    if (!isObject(item)) return undefined;
    const name = key(item);
    if (!name || found.has(name)) return undefined;
    found.set(name, item);
  }
  return found;
}

/** The order of an object's members means nothing. */
function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => isSame(a[name], b[name]));
}
