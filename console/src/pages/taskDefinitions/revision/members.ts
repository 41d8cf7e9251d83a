/** How the members of a container definition read, those this console does not know among them. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { shellLine } from '../../../widgets/shellWords';

export interface Member {
  readonly label: string;
  readonly value: string;
}

type Reader = (container: ContainerDefinition) => string | undefined;

const MIB = (value: number | undefined) => (value === undefined ? undefined : `${value} MiB`);
const YES_NO = (value: boolean | undefined) =>
  value === undefined ? undefined : value ? 'Yes' : 'No';
const SECONDS = (value: number | undefined) => (value === undefined ? undefined : `${value} s`);

const READERS: readonly (readonly [string, Reader])[] = [
  ['Image', ({ image }) => image],
  ['CPU', ({ cpu }) => (cpu === undefined ? undefined : `${cpu} units`)],
  ['Memory, hard limit', ({ memory }) => MIB(memory)],
  ['Memory, soft limit', ({ memoryReservation }) => MIB(memoryReservation)],
  ['Entry point', ({ entryPoint }) => words(entryPoint)],
  ['Command', ({ command }) => words(command)],
  ['Working directory', ({ workingDirectory }) => workingDirectory],
  ['User', ({ user }) => user],
  ['Hostname', ({ hostname }) => hostname],
  [
    'Depends on',
    ({ dependsOn = [] }) => list(dependsOn.map((one) => `${one.containerName} (${one.condition})`)),
  ],
  ['Links', ({ links }) => list(links)],
  [
    'Volumes from',
    ({ volumesFrom = [] }) =>
      list(volumesFrom.map((one) => `${one.sourceContainer}${one.readOnly ? ' (read only)' : ''}`)),
  ],
  ['Health check', healthCheck],
  ['Log driver', logDriver],
  [
    'Ulimits',
    ({ ulimits = [] }) =>
      list(ulimits.map((one) => `${one.name} ${one.softLimit}:${one.hardLimit}`)),
  ],
  ['Start timeout', ({ startTimeout }) => SECONDS(startTimeout)],
  ['Stop timeout', ({ stopTimeout }) => SECONDS(stopTimeout)],
  ['Privileged', ({ privileged }) => YES_NO(privileged)],
  ['Read-only root file system', ({ readonlyRootFilesystem }) => YES_NO(readonlyRootFilesystem)],
  [
    'Environment files',
    ({ environmentFiles = [] }) => list(environmentFiles.map(({ value = '' }) => value)),
  ],
];

/** Shown above, or in tables of their own. */
const SHOWN: ReadonlySet<string> = new Set([
  'name',
  'image',
  'cpu',
  'memory',
  'memoryReservation',
  'entryPoint',
  'command',
  'workingDirectory',
  'user',
  'hostname',
  'dependsOn',
  'links',
  'volumesFrom',
  'healthCheck',
  'logConfiguration',
  'ulimits',
  'startTimeout',
  'stopTimeout',
  'privileged',
  'readonlyRootFilesystem',
  'environmentFiles',
  'essential',
  'portMappings',
  'environment',
  'secrets',
  'mountPoints',
  'dockerLabels',
]);

/** What is given of the container, in words. */
export function membersOf(container: ContainerDefinition): Member[] {
  return READERS.flatMap(([label, read]) => {
    const value = read(container);
    return value ? [{ label, value }] : [];
  });
}

/** The members that have no place of their own, each as JSON. */
export function otherMembers(container: ContainerDefinition): Member[] {
  return Object.entries(container)
    .filter(([member, value]) => !SHOWN.has(member) && !isEmpty(value))
    .map(([member, value]) => ({ label: member, value: JSON.stringify(value) }));
}

function healthCheck({ healthCheck: check }: ContainerDefinition): string | undefined {
  if (!check) return undefined;
  const times = [
    check.interval !== undefined && `every ${check.interval} s`,
    check.timeout !== undefined && `timeout ${check.timeout} s`,
    check.retries !== undefined && `${check.retries} retries`,
    check.startPeriod !== undefined && `start period ${check.startPeriod} s`,
  ].filter(Boolean);
  return [words(check.command), times.join(', ')].filter(Boolean).join(' · ');
}

function logDriver({ logConfiguration: log }: ContainerDefinition): string | undefined {
  if (!log) return undefined;
  const options = Object.entries(log.options ?? {}).map(([name, value]) => `${name}=${value}`);
  const secrets = (log.secretOptions ?? []).map((one) => `${one.name} from ${one.valueFrom}`);
  return [log.logDriver, ...options, ...secrets].filter(Boolean).join(', ');
}

function words(all: readonly string[] | undefined): string | undefined {
  return all?.length ? shellLine(all) : undefined;
}

function list(all: readonly string[] | undefined): string | undefined {
  return all?.length ? all.join(', ') : undefined;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) && !value.length;
}
