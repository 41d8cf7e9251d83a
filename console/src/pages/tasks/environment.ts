/** What a container's environment is made of: its definition, and what the task overrides. */
import type {
  ContainerDefinition,
  ContainerOverride,
  Secret,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { shellLine } from '../../widgets/shellWords';

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly from: 'task definition' | 'override';
}

export interface ContainerEnvironment {
  readonly container: string;
  readonly variables: readonly Variable[];
  /** Files of variables; what is in them is not known here. */
  readonly files: readonly string[];
  readonly secrets: readonly Secret[];
}

/** Of each container; those that the definition no longer tells of have their overrides only. */
export function environmentsOf(
  definition: TaskDefinition | undefined,
  task: Task,
): readonly ContainerEnvironment[] {
  const overrides = task.overrides?.containerOverrides ?? [];
  const defined = definition?.containerDefinitions ?? [];
  const names = [...defined, ...overrides].map(({ name = '' }) => name);
  return [...new Set(names)].map((container) =>
    environmentOf(
      container,
      defined.find(({ name }) => name === container) ?? {},
      overrides.find(({ name }) => name === container) ?? {},
    ),
  );
}

function environmentOf(
  container: string,
  defined: ContainerDefinition,
  override: ContainerOverride,
): ContainerEnvironment {
  const variables = new Map<string, Variable>();
  for (const { name = '', value = '' } of defined.environment ?? []) {
    variables.set(name, { name, value, from: 'task definition' });
  }
  for (const { name = '', value = '' } of override.environment ?? []) {
    variables.set(name, { name, value, from: 'override' });
  }
  const files = override.environmentFiles ?? defined.environmentFiles ?? [];
  return {
    container,
    variables: [...variables.values()],
    files: files.map(({ value = '' }) => value),
    secrets: defined.secrets ?? [],
  };
}

export interface OverrideRow {
  readonly of: string;
  readonly member: string;
  readonly value: string;
}

/** What was overridden, but the variables: those are told with the environment, masked. */
export function overrideRows({ overrides = {} }: Task): readonly OverrideRow[] {
  const { containerOverrides = [], ...ofTask } = overrides;
  return [
    ...rows('the task', ofTask),
    ...containerOverrides.flatMap(({ name = 'container', environment: _, ...rest }) =>
      rows(name, rest),
    ),
  ];
}

function rows(of: string, members: object): OverrideRow[] {
  return Object.entries(members)
    .filter(([, value]) => !isNothing(value))
    .map(([member, value]) => ({ of, member, value: written(member, value) }));
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) && !value.length;
}

function written(member: string, value: unknown): string {
  if (member === 'command' && Array.isArray(value)) return shellLine(value.map(String));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
