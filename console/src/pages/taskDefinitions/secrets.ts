/** A task definition with what looks secret in it masked. */
import { looksSecret, MASK } from '../../widgets/looksSecret';
import { isObject, type Json } from './document';

/** The same document, with what looks secret in `environment` and `dockerLabels` masked. */
export function masked<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map((one) => masked(one)) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([member, one]): [string, Json] => {
    if (member === 'environment' && Array.isArray(one)) return [member, one.map(maskedPair)];
    if ((member === 'dockerLabels' || member === 'options') && isObject(one)) {
      return [member, maskedValues(one)];
    }
    return [member, masked(one)];
  });
  return Object.fromEntries(entries) as T;
}

/** Whether masking hides anything. */
export function hasSecrets(value: Json): boolean {
  return JSON.stringify(masked(value)) !== JSON.stringify(value);
}

function maskedPair(pair: Json): Json {
  if (!isObject(pair)) return pair;
  const { name, value } = pair;
  const isSecret = typeof value === 'string' && value && looksSecret(String(name ?? ''), value);
  return isSecret ? { ...pair, value: MASK } : pair;
}

function maskedValues(map: { [name: string]: Json }): Json {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      typeof value === 'string' && looksSecret(name, value) ? MASK : value,
    ]),
  );
}
