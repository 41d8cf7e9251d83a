/** How a form writes a task definition: `family` is its latest ACTIVE revision, `family:3` that one. */

export interface NamedTaskDefinition {
  readonly family: string;
  /** Empty for the latest. */
  readonly revision: string;
}

export function readTaskDefinition(value: string): NamedTaskDefinition {
  const name = value.split('/').at(-1) ?? '';
  const [family = '', revision = ''] = name.split(':');
  return { family, revision };
}

export function writeTaskDefinition({ family, revision }: NamedTaskDefinition): string {
  return revision ? `${family}:${revision}` : family;
}
