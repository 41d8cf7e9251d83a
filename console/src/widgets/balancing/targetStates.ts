/** The states of targets, counted. */
export interface HealthCount {
  readonly state: string;
  readonly count: number;
}

const ORDER = ['unhealthy', 'draining', 'initial', 'healthy', 'unused', 'unavailable'];

/** How many targets are in which state: what needs attention first. */
export function countsByState(states: readonly (string | undefined)[]): readonly HealthCount[] {
  const counts = new Map<string, number>();
  for (const state of states)
    counts.set(state ?? 'unknown', (counts.get(state ?? 'unknown') ?? 0) + 1);
  const rank = (state: string) => (ORDER.indexOf(state) + ORDER.length + 1) % (ORDER.length + 1);
  return [...counts]
    .map(([state, count]) => ({ state, count }))
    .sort((a, b) => rank(a.state) - rank(b.state));
}
