/** Since when targets drain, as far as this page has seen: the API does not tell. Pure. */
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { duration } from '../When';

export type DrainingSince = ReadonlyMap<string, number>;

export function targetKey({ Target }: TargetHealthDescription): string {
  return `${Target?.Id}:${Target?.Port}`;
}

export function drainingAfter(
  before: DrainingSince,
  targets: readonly TargetHealthDescription[],
  now: number,
): DrainingSince {
  const draining = targets.filter(isDraining);
  return new Map(
    draining.map((target) => [targetKey(target), before.get(targetKey(target)) ?? now]),
  );
}

/** A row may still be drawn with a target as it was before: a healthy one drains since never. */
export function drainingSince(
  known: DrainingSince,
  target: TargetHealthDescription,
): number | undefined {
  return isDraining(target) ? known.get(targetKey(target)) : undefined;
}

function isDraining({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State?.endsWith('draining') ?? false;
}

/** `for 12 s of at most 60 s`; within its first second, how long it may take. */
export function drainingText(seconds: number, delaySeconds: number): string {
  const atMost = Number.isFinite(delaySeconds) ? `at most ${delaySeconds} s` : '';
  if (seconds < 1) return atMost ? `for ${atMost}` : '';
  return `for ${duration(Math.floor(seconds))}${atMost && ` of ${atMost}`}`;
}
