/** Which two revisions are compared: those that the address names, else the newest ones. Pure. */

export interface Pair {
  readonly from: number;
  readonly to: number;
}

/** Undefined while there are not two to choose from. */
export function pairOf(search: URLSearchParams, numbers: readonly number[]): Pair | undefined {
  const [named, other] = [numberIn(search, 'from'), numberIn(search, 'to')];
  const newest = numbers.toSorted((a, b) => b - a);
  const to = other ?? newest.find((one) => one !== named);
  const from = named ?? newest.find((one) => to !== undefined && one < to);
  return from === undefined || to === undefined ? undefined : { from, to };
}

function numberIn(search: URLSearchParams, name: string): number | undefined {
  const number = Number(search.get(name));
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
