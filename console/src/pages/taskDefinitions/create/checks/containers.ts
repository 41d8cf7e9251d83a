/** Containers: names, images, and what stands alone in each. */
import { isObject, type JsonObject, objectsIn, textOf, wordsIn } from '../../document';
import { wholeNumber } from './numbers';
import { NAME, type Tell } from './tell';

const CONTAINERS_MAX = 10;
const IMAGE = /^[A-Za-z0-9_.:/@#+-]+$/;
const IMAGE_CHARACTERS_MAX = 255;

export function checkContainers(document: JsonObject, tell: Tell): void {
  const containers = objectsIn(document.containerDefinitions);
  if (!containers.length) tell('containerDefinitions', 'Container list cannot be empty.');
  if (containers.length > CONTAINERS_MAX) {
    tell(
      'containerDefinitions',
      `A task definition can have up to ${CONTAINERS_MAX} containers, this one has ${containers.length}.`,
    );
  }
  if (containers.length && containers.every(({ essential }) => essential === false)) {
    tell('containerDefinitions', 'A task definition must have at least one essential container.');
  }
  const names = new Set<string>();
  for (const [at, container] of containers.entries()) {
    const path = `containerDefinitions.${at}`;
    checkName(textOf(container.name), names, `${path}.name`, tell);
    checkImage(textOf(container.image), `${path}.image`, tell);
    checkVariables(container, path, tell);
    checkHealthCheck(container, path, tell);
    for (const member of ['startTimeout', 'stopTimeout']) {
      wholeNumber(container[member], `${path}.${member}`, tell, { from: 2 });
    }
  }
}

function checkName(name: string, names: Set<string>, path: string, tell: Tell): void {
  if (!name) tell(path, 'Container.name should not be null or empty.');
  else if (!NAME.test(name)) {
    tell(
      path,
      'Container.name contains invalid characters or is too long. A name has 1 to 255 letters, digits, hyphens and underscores.',
    );
  } else if (names.has(name)) {
    tell(
      path,
      `Duplicate container name '${name}'. Container names must be unique within a task definition.`,
    );
  }
  names.add(name);
}

function checkImage(image: string, path: string, tell: Tell): void {
  if (!image) tell(path, 'Container.image should not be null or empty.');
  else if (image.length > IMAGE_CHARACTERS_MAX) {
    tell(path, `Container.image is longer than ${IMAGE_CHARACTERS_MAX} characters`);
  } else if (!IMAGE.test(image)) tell(path, 'Container.image contains invalid characters');
}

function checkVariables(container: JsonObject, path: string, tell: Tell): void {
  for (const [at, variable] of objectsIn(container.environment).entries()) {
    if (!textOf(variable.name)) {
      tell(`${path}.environment.${at}.name`, 'An environment variable needs a name.');
    }
    if (variable.value !== undefined && typeof variable.value !== 'string') {
      tell(`${path}.environment.${at}.value`, 'The value is text: put it in double quotes.');
    }
  }
  for (const [at, secret] of objectsIn(container.secrets).entries()) {
    for (const member of ['name', 'valueFrom']) {
      if (!textOf(secret[member])) {
        tell(`${path}.secrets.${at}.${member}`, 'A secret needs a name and valueFrom.');
      }
    }
  }
}

const HEALTH_CHECK = {
  interval: { from: 5, to: 300 },
  timeout: { from: 2, to: 60 },
  retries: { from: 1, to: 10 },
  startPeriod: { from: 0, to: 300 },
};

function checkHealthCheck({ healthCheck }: JsonObject, container: string, tell: Tell): void {
  if (!isObject(healthCheck)) return;
  const path = `${container}.healthCheck`;
  const [first = '', ...rest] = wordsIn(healthCheck.command);
  if (!['CMD', 'CMD-SHELL'].includes(first) || !rest.join('')) {
    tell(
      `${path}.command`,
      'The healthCheck command must begin with CMD, then the words of a command, or with CMD-SHELL, then a line for the shell.',
    );
  }
  for (const [member, bounds] of Object.entries(HEALTH_CHECK)) {
    wholeNumber(healthCheck[member], `${path}.${member}`, tell, bounds);
  }
}
