/** The task's size, those of its containers, and whether they fit into each other. */
import { type Json, type JsonObject, objectsIn, textOf, wordsIn } from '../../document';
import { size, wholeNumber } from './numbers';
import type { Tell } from './tell';

const MEMORY_MIB_MIN = 6;
const CPU_UNITS = { from: 128, to: 196_608 };

const step = (from: number, to: number, by: number) =>
  Array.from({ length: (to - from) / by + 1 }, (_, at) => from + at * by);

/** cpu units → MiB that go with them on Fargate. */
const FARGATE: Record<number, readonly number[]> = {
  256: [512, 1024, 2048],
  512: step(1024, 4096, 1024),
  1024: step(2048, 8192, 1024),
  2048: step(4096, 16_384, 1024),
  4096: step(8192, 30_720, 1024),
  8192: step(16_384, 61_440, 4096),
  16384: step(32_768, 122_880, 8192),
  32768: [61_440, 122_880, 249_856],
};

export function checkSizes(document: JsonObject, tell: Tell): void {
  const cpu = taskSize(document.cpu, 'cpu', tell);
  const memory = taskSize(document.memory, 'memory', tell);
  const containers = objectsIn(document.containerDefinitions);
  const cpus = containers.map((one, at) =>
    wholeNumber(one.cpu, `containerDefinitions.${at}.cpu`, tell, { from: 0 }),
  );
  for (const [at, container] of containers.entries())
    checkMemory(container, at, memory, document, tell);
  if (cpu !== undefined && sum(cpus) > cpu) {
    tell(
      'cpu',
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    );
  }
  const reserved = sum(containers.map((one) => one.memoryReservation));
  if (memory !== undefined && reserved > memory) {
    tell(
      'memory',
      "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
    );
  }
  if (wordsIn(document.requiresCompatibilities).includes('FARGATE'))
    checkFargate(document, cpu, memory, tell);
}

function taskSize(
  value: Json | undefined,
  member: 'cpu' | 'memory',
  tell: Tell,
): number | undefined {
  const text = textOf(value);
  if (!text) return undefined;
  const found = size(text, member === 'cpu' ? 'vcpu' : 'gb');
  const isGood =
    member === 'cpu' ? within(found, CPU_UNITS) : within(found, { from: 1, to: 2 ** 31 - 1 });
  if (isGood) return found;
  tell(
    member,
    `Invalid '${member}' setting for task. ${
      member === 'cpu'
        ? 'Units such as 512 (128 to 196608), or 0.5 vCPU.'
        : 'MiB such as 1024, or 1 GB.'
    }`,
  );
  return undefined;
}

function checkMemory(
  container: JsonObject,
  at: number,
  taskMemory: number | undefined,
  document: JsonObject,
  tell: Tell,
): void {
  const path = `containerDefinitions.${at}`;
  const name = textOf(container.name);
  const bounds = { from: MEMORY_MIB_MIN };
  const memory = wholeNumber(container.memory, `${path}.memory`, tell, bounds);
  const soft = wholeNumber(container.memoryReservation, `${path}.memoryReservation`, tell, bounds);
  if (container.memory === undefined && container.memoryReservation === undefined) {
    if (!textOf(document.memory)) {
      tell(
        `${path}.memory`,
        `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      );
    }
  }
  if (memory !== undefined && soft !== undefined && memory < soft) {
    tell(`${path}.memory`, "'memory' must be greater than or equal to 'memoryReservation'.");
  }
  if (memory !== undefined && taskMemory !== undefined && memory > taskMemory) {
    tell(`${path}.memory`, "'memory' cannot be greater than the value of the task 'memory'.");
  }
}

function checkFargate(
  document: JsonObject,
  cpu: number | undefined,
  memory: number | undefined,
  tell: Tell,
): void {
  if (document.networkMode !== 'awsvpc') {
    tell('networkMode', 'Fargate only supports network mode ‘awsvpc’.');
  }
  for (const member of ['cpu', 'memory']) {
    if (!textOf(document[member])) {
      tell(member, `Fargate requires that '${member}' be defined at the task level.`);
    }
  }
  if (cpu !== undefined && memory !== undefined && !FARGATE[cpu]?.includes(memory)) {
    tell('memory', 'No Fargate configuration exists for given values.');
  }
}

function within(value: number | undefined, { from, to }: { from: number; to: number }): boolean {
  return value !== undefined && value >= from && value <= to;
}

function sum(values: readonly (Json | undefined)[]): number {
  return values.reduce<number>((total, one) => total + (typeof one === 'number' ? one : 0), 0);
}
