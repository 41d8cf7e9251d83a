/** A document that is being written: read and changed at a place such as `volumes.0.name`. */
import { isObject, type Json, type JsonObject } from '../document';

/** Members and places in lists, joined by dots. */
export type Path = string;

export const EMPTY: JsonObject = {
  family: '',
  networkMode: 'bridge',
  containerDefinitions: [{ name: '', image: '', essential: true }],
};

export function valueAt(document: Json | undefined, path: Path): Json | undefined {
  let value = document;
  for (const step of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}

/** The document with another value there; undefined takes the member, or the item of a list, away. */
export function withValueAt(document: JsonObject, path: Path, value: Json | undefined): JsonObject {
  return changed(document, path.split('.'), value) as JsonObject;
}

function changed(
  within: Json | undefined,
  steps: readonly string[],
  value: Json | undefined,
): Json {
  const [step = '', ...rest] = steps;
  if (Array.isArray(within)) {
    const at = Number(step);
    const items = [...within];
    if (rest.length) items[at] = changed(items[at], rest, value);
    else if (value === undefined) items.splice(at, 1);
    else items[at] = value;
    return items;
  }
  const members = isObject(within) ? { ...within } : {};
  if (rest.length) members[step] = changed(members[step] ?? emptyFor(rest[0]), rest, value);
  else if (value === undefined) delete members[step];
  else members[step] = value;
  return members;
}

function emptyFor(step: string | undefined): Json {
  return /^\d+$/.test(step ?? '') ? [] : {};
}

/** What is typed into a field for numbers: a number, nothing, or the text that is none. */
export function numberOrText(text: string): Json | undefined {
  const typed = text.trim();
  if (!typed) return undefined;
  return /^-?\d+$/.test(typed) ? Number(typed) : text;
}

/** Why the form cannot show the document; its fields would take something away from it. */
export function notForTheForm(document: Json): string | undefined {
  if (!isObject(document)) return 'A task definition is an object: { … }';
  const lists = ['containerDefinitions', 'volumes', 'placementConstraints', 'tags'];
  const wrong = wrongList(document, lists, '');
  if (wrong) return wrong;
  const containers = document.containerDefinitions;
  for (const [at, container] of (Array.isArray(containers) ? containers : []).entries()) {
    const found = isObject(container)
      ? wrongList(container, CONTAINER_LISTS, `containerDefinitions[${at}].`)
      : undefined;
    if (found) return found;
    for (const member of isObject(container) ? ['command', 'entryPoint'] : []) {
      const words = isObject(container) ? container[member] : undefined;
      if (words !== undefined && !isListOf(words, (one) => typeof one === 'string')) {
        return `containerDefinitions[${at}].${member} must be a list of strings.`;
      }
    }
  }
  return undefined;
}

const CONTAINER_LISTS = ['portMappings', 'environment', 'secrets', 'mountPoints', 'dependsOn'];

function wrongList(within: JsonObject, members: readonly string[], where: string) {
  const bad = members.find(
    (member) => within[member] !== undefined && !isListOf(within[member], isObject),
  );
  return bad && `${where}${bad} must be a list of objects.`;
}

function isListOf(value: Json | undefined, is: (one: Json) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}
