/** Whole numbers, and sizes as ECS lets people write them. */
import type { Json } from '../../document';
import type { Tell } from './tell';

/** The number, if it is one within the bounds; tells when it is there and is not. */
export function wholeNumber(
  value: Json | undefined,
  path: string,
  tell: Tell,
  { from, to }: { from: number; to?: number },
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const bounds = to === undefined ? `at least ${from}` : `from ${from} to ${to}`;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    tell(path, `A whole number is expected, ${bounds}.`);
  } else if (value < from || (to !== undefined && value > to)) {
    tell(path, `It must be ${bounds}, not ${value}.`);
  } else return value;
  return undefined;
}

/** `512`, `0.5 vCPU`, `1 GB` as units or MiB; undefined for what is neither. */
export function size(text: string, unit: 'vcpu' | 'gb'): number | undefined {
  const found = new RegExp(`^\\s*(\\d+(?:\\.\\d+)?|\\.\\d+)\\s*(${unit})?\\s*$`, 'i').exec(text);
  if (!found?.[1] || (found[1].includes('.') && !found[2])) return undefined;
  return found[2] ? Math.floor(Number(found[1]) * 1024) : Number(found[1]);
}
