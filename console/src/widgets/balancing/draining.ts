/** Since when targets drain, as far as this page has seen: the API does not tell. Pure. */
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';

export type DrainingSince = ReadonlyMap<string, number>;

export function targetKey({ Target }: TargetHealthDescription): string {
  return `${Target?.Id}:${Target?.Port}`;
}

export function drainingAfter(
  before: DrainingSince,
  targets: readonly TargetHealthDescription[],
  now: number,
): DrainingSince {
  const draining = targets.filter(({ TargetHealth }) => TargetHealth?.State?.endsWith('draining'));
  return new Map(
    draining.map((target) => [targetKey(target), before.get(targetKey(target)) ?? now]),
  );
}
