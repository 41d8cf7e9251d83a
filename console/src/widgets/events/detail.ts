/** Members of an event's detail, which may be missing or of another type than we know. */
export type Detail = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): Detail {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Detail)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(detail: Detail, name: string): string {
  const value = detail[name];
  return typeof value === 'string' ? value : '';
}

export function numberOf(detail: Detail, name: string): number | undefined {
  const value = detail[name];
  return typeof value === 'number' ? value : undefined;
}
