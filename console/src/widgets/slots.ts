/**
 * Places for rows. Who stays keeps its place, and with it the focus; who comes takes one that
 * somebody left: to redraw a row costs less than to remove one and make another.
 */
export function slotsOf(
  former: ReadonlyMap<string, string>,
  ids: readonly string[],
): ReadonlyMap<string, string> {
  const slots = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const slot = former.get(id);
    if (!slot) continue;
    slots.set(id, slot);
    taken.add(slot);
  }
  let number = 0;
  for (const id of ids) {
    if (slots.has(id)) continue;
    while (taken.has(nameOf(number))) number += 1;
    slots.set(id, nameOf(number));
    number += 1;
  }
  return slots;
}

function nameOf(number: number): string {
  return `row ${number}`;
}
