/** What ECS would refuse in a document, each with the place of the member that is to blame. */
import {
  isObject,
  type Json,
  type JsonObject,
  MEMBERS,
  objectsIn,
  READ_ONLY,
  textOf,
} from '../../document';
import type { Path } from '../draft';
import { checkContainers } from './containers';
import { checkDependencies } from './dependencies';
import { checkPorts } from './ports';
import { checkSizes } from './sizes';
import { NAME, type Tell } from './tell';
import { checkVolumes } from './volumes';

export interface Problem {
  readonly path: Path;
  readonly message: string;
}

const PLACEMENT_CONSTRAINTS_MAX = 10;
const TAGS_MAX = 50;

export function problemsOf(document: Json): Problem[] {
  if (!isObject(document)) {
    return [
      {
        path: '',
        message: 'A task definition is an object: { "family": …, "containerDefinitions": [ … ] }',
      },
    ];
  }
  const found: Problem[] = [];
  const tell: Tell = (path, message) => found.push({ path, message });
  checkMembers(document, tell);
  checkFamily(document, tell);
  checkContainers(document, tell);
  checkSizes(document, tell);
  checkPorts(document, tell);
  checkDependencies(document, tell);
  checkVolumes(document, tell);
  checkPlacement(document, tell);
  checkTags(document, tell);
  return found;
}

function checkMembers(document: JsonObject, tell: Tell): void {
  for (const member of Object.keys(document)) {
    if (READ_ONLY.includes(member)) {
      tell(
        member,
        `${member} is what ECS says of a revision: RegisterTaskDefinition does not take it.`,
      );
    } else if (!MEMBERS.includes(member)) {
      tell(
        member,
        `Unknown parameter in input: "${member}", must be one of: ${MEMBERS.join(', ')}`,
      );
    }
  }
}

function checkFamily({ family }: JsonObject, tell: Tell): void {
  const name = textOf(family);
  if (!name) tell('family', 'Family should not be null or empty.');
  else if (!NAME.test(name)) {
    tell(
      'family',
      'Family contains invalid characters or is too long. A family has 1 to 255 letters, digits, hyphens and underscores.',
    );
  }
}

function checkPlacement(document: JsonObject, tell: Tell): void {
  const constraints = objectsIn(document.placementConstraints);
  if (constraints.length > PLACEMENT_CONSTRAINTS_MAX) {
    tell(
      'placementConstraints',
      `A task definition can have up to ${PLACEMENT_CONSTRAINTS_MAX} placement constraints.`,
    );
  }
  for (const [at, { type, expression }] of constraints.entries()) {
    if (type !== 'memberOf') {
      tell(
        `placementConstraints.${at}.type`,
        'In a task definition, the type of a placement constraint is memberOf.',
      );
    }
    if (!textOf(expression)) {
      tell(
        `placementConstraints.${at}.expression`,
        'An expression is needed, such as attribute:ecs.instance-type == t3.medium.',
      );
    }
  }
}

function checkTags({ tags }: JsonObject, tell: Tell): void {
  if (Array.isArray(tags) && !tags.length) tell('tags', 'Tags can not be empty.');
  const keys = new Set<string>();
  const all = objectsIn(tags);
  if (all.length > TAGS_MAX) tell('tags', `A resource can have up to ${TAGS_MAX} tags.`);
  for (const [at, { key, value }] of all.entries()) {
    const name = textOf(key);
    const path = `tags.${at}.key`;
    if (!name || name.length > 128) tell(path, 'A tag needs a key of 1 to 128 characters.');
    else if (/^aws:/i.test(name)) tell(path, "Keys must not begin with 'aws:'.");
    else if (keys.has(name)) tell(path, `Duplicate tag key '${name}'. Each key may be given once.`);
    keys.add(name);
    if (textOf(value).length > 256) tell(`tags.${at}.value`, 'A value has up to 256 characters.');
  }
}
