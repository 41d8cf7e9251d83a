/** Tasks to run as their form has them, as they are sent, and what ECS would refuse of them. */
import type {
  ContainerOverride,
  Failure,
  RunTaskCommandInput,
  Tag,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { ExplainPlacementRequest } from '../../../aws/roadstead';
import {
  type Launch,
  launchProblems,
  placementQuestion as launchQuestion,
  networkMembers,
} from '../../../widgets/forms/launch';
import { NO_NETWORK } from '../../../widgets/forms/networkChoices';
import { NO_RULES, placementMembers } from '../../../widgets/forms/placementTemplates';
import { tagsProblem } from '../../../widgets/forms/tagProblems';
import { shellWords } from '../../../widgets/shellWords';

const COUNT_MAX = 10;
const STARTED_BY_MAX = 128;

export interface VariableForm {
  readonly name: string;
  readonly value: string;
}

export interface OverrideForm {
  /** As a shell would have it; empty leaves the definition's. */
  readonly command: string;
  readonly cpu: string;
  readonly memory: string;
  readonly memoryReservation: string;
  readonly environment: readonly VariableForm[];
}

export interface RunForm extends Launch {
  readonly count: string;
  readonly group: string;
  readonly startedBy: string;
  readonly overrides: Readonly<Record<string, OverrideForm>>;
  readonly tags: readonly Tag[];
}

export const NO_OVERRIDE: OverrideForm = {
  command: '',
  cpu: '',
  memory: '',
  memoryReservation: '',
  environment: [],
};

export function newRun(taskDefinition: string): RunForm {
  return {
    taskDefinition,
    count: '1',
    group: '',
    startedBy: '',
    network: NO_NETWORK,
    placement: NO_RULES,
    overrides: {},
    tags: [],
  };
}

export function runRequest(
  cluster: string,
  form: RunForm,
  definition: TaskDefinition | undefined,
): RunTaskCommandInput {
  const containerOverrides = overridesOf(form, definition);
  return {
    cluster,
    taskDefinition: form.taskDefinition,
    count: Number(form.count),
    ...(form.group.trim() ? { group: form.group.trim() } : {}),
    ...(form.startedBy.trim() ? { startedBy: form.startedBy.trim() } : {}),
    ...networkMembers(form.network, definition?.networkMode),
    ...placementMembers(form.placement),
    ...(containerOverrides.length ? { overrides: { containerOverrides } } : {}),
    ...(form.tags.length ? { tags: [...form.tags] } : {}),
  };
}

/** Only containers of the chosen definition, and of them only what is given. */
function overridesOf({ overrides }: RunForm, definition: TaskDefinition | undefined) {
  return (definition?.containerDefinitions ?? []).flatMap(({ name = '' }): ContainerOverride[] => {
    const one = overrides[name];
    if (!one) return [];
    const command = shellWords(one.command);
    const environment = one.environment.filter((each) => each.name.trim());
    const given = {
      ...(command.length ? { command } : {}),
      ...(one.cpu ? { cpu: Number(one.cpu) } : {}),
      ...(one.memory ? { memory: Number(one.memory) } : {}),
      ...(one.memoryReservation ? { memoryReservation: Number(one.memoryReservation) } : {}),
      ...(environment.length ? { environment } : {}),
    };
    return Object.keys(given).length ? [{ name, ...given }] : [];
  });
}

/** What ECS would refuse, by field. */
export function runProblems(form: RunForm, definition: TaskDefinition | undefined) {
  const count = Number(form.count);
  return {
    ...launchProblems(form, definition),
    count:
      Number.isInteger(count) && count >= 1 && count <= COUNT_MAX
        ? undefined
        : `RunTask starts 1 to ${COUNT_MAX} tasks at once, not ${form.count || 'none'}.`,
    group: /^service:/i.test(form.group.trim())
      ? 'Groups that begin with service: are those of services.'
      : undefined,
    startedBy:
      form.startedBy.trim().length > STARTED_BY_MAX
        ? `startedBy has up to ${STARTED_BY_MAX} characters.`
        : undefined,
    overrides: Object.values(form.overrides).flatMap(overrideProblem)[0],
    tags: tagsProblem(form.tags),
  };
}

export type RunProblems = ReturnType<typeof runProblems>;

function overrideProblem(one: OverrideForm): string[] {
  const memory = Number(one.memory);
  const soft = Number(one.memoryReservation);
  const isWrong = (text: string) => text !== '' && !(Number.isInteger(+text) && +text >= 0);
  if (isWrong(one.cpu)) return [`cpu is a number of CPU units, not ${one.cpu}.`];
  if (isWrong(one.memory) || (one.memory && memory < 6))
    return ['memory is a number of MiB, 6 or more.'];
  if (isWrong(one.memoryReservation) || (one.memoryReservation && soft < 6))
    return ['memoryReservation is a number of MiB, 6 or more.'];
  if (one.memory && one.memoryReservation && soft > memory)
    return ['memoryReservation can not be more than memory.'];
  return [];
}

/** Where the first of them would be placed. Overrides are not asked: ECS's sizes are the definition's. */
export function placementQuestion(
  cluster: string,
  form: RunForm,
  networkMode: string | undefined,
): ExplainPlacementRequest {
  const group = form.group.trim();
  return { ...launchQuestion(cluster, form, networkMode), ...(group ? { group } : {}) };
}

export interface FailureRow {
  readonly reason: string;
  readonly means: string;
  readonly arns: readonly string[];
}

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^RESOURCE:CPU/, 'Not enough CPU units are left on it.'],
  [/^RESOURCE:MEMORY/, 'Not enough memory is left on it.'],
  [/^RESOURCE:PORTS/, 'A host port that the task asks for is taken on it.'],
  [/^RESOURCE:ENI/, 'It has no room for another network interface.'],
  [/^RESOURCE/, 'A resource that the task asks for is not left on it.'],
  [/^ATTRIBUTE/, 'It lacks an attribute that the task definition requires.'],
  [/^AGENT/, 'Its agent is not connected.'],
  [/^LOCATION/, 'It is in another Availability Zone than the subnets.'],
  [/^MemberOf/i, 'It does not meet a memberOf constraint.'],
  [/^DistinctInstance/i, 'It has a task of the same group already.'],
  [/^INACTIVE/, 'It is deregistered.'],
  [/^MISSING/, 'ECS does not know it.'],
  [/^EMPTY CAPACITY PROVIDER/, 'The capacity provider has no container instances.'],
];

/** Failures of RunTask with one reason together. One tells of an instance, or of the whole cluster. */
export function failureRows(failures: readonly Failure[]): readonly FailureRow[] {
  const rows = new Map<string, FailureRow>();
  for (const { reason = 'no reason given', detail, arn } of failures) {
    const row = rows.get(reason);
    const known = MEANINGS.find(([pattern]) => pattern.test(reason))?.[1];
    rows.set(reason, {
      reason,
      means: detail ?? known ?? 'ECS says no more.',
      arns: [...(row?.arns ?? []), ...(arn ? [arn] : [])],
    });
  }
  return [...rows.values()];
}
