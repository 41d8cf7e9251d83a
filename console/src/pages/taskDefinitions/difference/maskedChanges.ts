/** Values for the screen: what looks secret is masked, and still seen to be another. */

import { looksSecret, MASK } from '../../../widgets/looksSecret';
import { isObject, type Json, type JsonObject } from '../document';
import { masked } from '../secrets';

/** How a value of a change reads. */
export function shownValue(value: Json | undefined, namedBy: string | undefined, isOpen: boolean) {
  if (value === undefined) return '–';
  if (typeof value === 'string') return !isOpen && looksSecret(namedBy, value) ? MASK : value;
  if (isOpen) return JSON.stringify(value);
  if (isObject(value) && 'name' in value && 'value' in value) {
    return JSON.stringify(masked({ environment: [value] }).environment[0] ?? value);
  }
  return JSON.stringify(
    Array.isArray(value) ? masked({ environment: value }).environment : masked(value),
  );
}

/** Both documents masked; a masked value of the second that is another one says so. */
export function maskedPair(from: JsonObject, to: JsonObject): [JsonObject, JsonObject] {
  const first = masked(from);
  const second = masked(to);
  return [first, marked(from, first, to, second) as JsonObject];
}

/** Variables are matched as they stand: a mark too many in a list whose order changed does no harm. */
function marked(from: Json | undefined, first: Json | undefined, to: Json, second: Json): Json {
  if (typeof second === 'string') {
    const isOther = second === MASK && first === MASK && from !== to;
    return isOther ? `${MASK} (another value)` : second;
  }
  if (Array.isArray(second) && Array.isArray(to)) {
    const [a, b] = [Array.isArray(from) ? from : [], Array.isArray(first) ? first : []];
    return second.map((one, at) => marked(a[at], b[at], to[at] ?? null, one));
  }
  if (isObject(second) && isObject(to)) {
    const [a, b] = [isObject(from) ? from : {}, isObject(first) ? first : {}];
    return Object.fromEntries(
      Object.entries(second).map(([name, one]) => [
        name,
        marked(a[name], b[name], to[name] ?? null, one),
      ]),
    );
  }
  return second;
}
