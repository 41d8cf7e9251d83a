/** The AWS CLI command that does what a call does. */
import { foreignRegion } from '../session/region';
import type { Call } from './call';

/** A command to paste into a shell; `\` continues the line where it is long. */
export function commandLine(call: Pick<Call<unknown>, 'service' | 'operation' | 'input'>): string {
  const given = Object.entries(call.input).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const options = given.some(([, value]) => isMisread(value))
    ? [`--cli-input-json ${quoted(Object.fromEntries(given))}`]
    : given.map(([member, value]) => option(member, value));
  const region = foreignRegion();
  if (region) options.push(`--region ${region}`);
  return [`aws ${call.service} ${dashed(call.operation)}`, ...options].join(' \\\n  ');
}

/**
 * The AWS CLI takes words that begin like this for an option, for JSON in a list, and for what is
 * to be read from a file or, in version 1, from an address. What is in JSON it leaves as it is.
 */
const MISREAD = /^(-|\s*\[|(file|fileb|https?):\/\/)/;

function isMisread(value: unknown): boolean {
  return [value].flat().some((one) => typeof one === 'string' && MISREAD.test(one));
}

/** Options to say no that have a name of their own. */
const DENIALS: Readonly<Record<string, string>> = {
  enableExecuteCommand: '--disable-execute-command',
};

function option(member: string, value: unknown): string {
  const name = `--${dashed(member)}`;
  if (value === true) return name;
  if (value === false) return DENIALS[member] ?? `--no-${dashed(member)}`;
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
