/** A desired count as it is typed. */
const DESIRED_MAX = 5_000;

/** The number typed; undefined when it is none that ECS takes. */
export function desiredCount(typed: string): number | undefined {
  if (!/^\d+$/.test(typed.trim())) return undefined;
  const count = Number(typed);
  return count <= DESIRED_MAX ? count : undefined;
}

export function desiredCountProblem(typed: string): string | undefined {
  if (desiredCount(typed) !== undefined) return undefined;
  return `desiredCount must be between 0 and ${DESIRED_MAX}, not ${typed.trim() || 'empty'}.`;
}
