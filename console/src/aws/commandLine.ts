/** The AWS CLI command that does what a call does. */
import type { Call } from './call';

/** A command to paste into a shell; `\` continues the line where it is long. */
export function commandLine(call: Pick<Call<unknown>, 'service' | 'operation' | 'input'>): string {
  const words = [`aws ${call.service} ${dashed(call.operation)}`];
  for (const [member, value] of Object.entries(call.input)) {
    if (value !== undefined && value !== null) words.push(option(member, value));
  }
  return words.join(' \\\n  ');
}

function option(member: string, value: unknown): string {
  const name = `--${dashed(member)}`;
  if (value === true) return name;
  if (value === false) return `--no-${dashed(member)}`;
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    return [name, ...value.map(quoted)].join(' ');
  }
  return `${name} ${quoted(value)}`;
}

function dashed(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** A word of a shell. */
export function quoted(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
