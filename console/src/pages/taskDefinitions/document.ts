/**
 * A task definition as a document: what RegisterTaskDefinition takes, without what only ECS says
 * of a revision. Members that this console does not know stay as they are.
 */
import type { RegisterTaskDefinitionRequest, TaskDefinition } from '@aws-sdk/client-ecs';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
export type JsonObject = { [member: string]: Json };

/** What a description has and a registration must not. */
const READ_ONLY_MEMBERS: Record<
  Exclude<keyof TaskDefinition, keyof RegisterTaskDefinitionRequest>,
  true
> = {
  taskDefinitionArn: true,
  revision: true,
  status: true,
  requiresAttributes: true,
  compatibilities: true,
  registeredAt: true,
  deregisteredAt: true,
  deleteRequestedAt: true,
  registeredBy: true,
};

export const READ_ONLY: readonly string[] = Object.keys(READ_ONLY_MEMBERS);

const MEMBERS_KNOWN: Record<keyof RegisterTaskDefinitionRequest, true> = {
  family: true,
  taskRoleArn: true,
  executionRoleArn: true,
  networkMode: true,
  containerDefinitions: true,
  volumes: true,
  placementConstraints: true,
  requiresCompatibilities: true,
  cpu: true,
  memory: true,
  tags: true,
  pidMode: true,
  ipcMode: true,
  proxyConfiguration: true,
  inferenceAccelerators: true,
  ephemeralStorage: true,
  runtimePlatform: true,
  enableFaultInjection: true,
};

/** The members that RegisterTaskDefinition has. */
export const MEMBERS: readonly string[] = Object.keys(MEMBERS_KNOWN);

/** The order in which members are shown; others come behind. */
const ORDER = [
  'family',
  'requiresCompatibilities',
  'networkMode',
  'cpu',
  'memory',
  'taskRoleArn',
  'executionRoleArn',
  'containerDefinitions',
  'volumes',
  'placementConstraints',
  'tags',
];

interface Tag {
  key?: string;
  value?: string;
}

/** What would register the same again. Tags are not inherited, so they are given besides. */
export function registrable(definition: TaskDefinition, tags: readonly Tag[] = []): JsonObject {
  const members = plain(definition) as JsonObject;
  for (const member of READ_ONLY) delete members[member];
  if (tags.length) members.tags = plain(tags);
  return ordered(withoutEmpty(members));
}

/** As JSON has it: moments are text, what is undefined is not there. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; nothing for what is no list. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The words of a list; nothing for what is no list. */
export function wordsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function ordered(members: JsonObject): JsonObject {
  const rank = (member: string) => {
    const at = ORDER.indexOf(member);
    return at < 0 ? ORDER.length : at;
  };
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => rank(a) - rank(b)));
}

/** Empty lists are what ECS fills in: without them, a document says the same and reads better. */
function withoutEmpty<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => !(Array.isArray(one) && !one.length));
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutEmpty(one)])) as T;
}
