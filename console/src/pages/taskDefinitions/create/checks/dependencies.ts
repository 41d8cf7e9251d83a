/** What containers wait for before they start. */
import { isObject, type JsonObject, objectsIn, textOf } from '../../document';
import type { Tell } from './tell';

export const CONDITIONS = ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'];

export function checkDependencies(document: JsonObject, tell: Tell): void {
  const containers = objectsIn(document.containerDefinitions);
  const byName = new Map(containers.map((one) => [textOf(one.name), one]));
  for (const [at, container] of containers.entries()) {
    for (const [index, dependency] of objectsIn(container.dependsOn).entries()) {
      const path = `containerDefinitions.${at}.dependsOn.${index}`;
      checkDependency(textOf(container.name), dependency, byName, path, tell);
    }
    const links = container.links;
    const mode = textOf(document.networkMode) || 'bridge';
    if (Array.isArray(links) && links.length && mode !== 'bridge') {
      tell(`containerDefinitions.${at}.links`, `Links are not supported when networkMode=${mode}.`);
    }
  }
  const circle = cycle(containers);
  if (circle.length) {
    tell(
      'containerDefinitions',
      `There is a dependency cycle among the containers ${circle.join(', ')}.`,
    );
  }
}

function checkDependency(
  name: string,
  dependency: JsonObject,
  byName: ReadonlyMap<string, JsonObject>,
  path: string,
  tell: Tell,
): void {
  const on = textOf(dependency.containerName);
  const condition = textOf(dependency.condition);
  const target = byName.get(on);
  if (!CONDITIONS.includes(condition)) {
    tell(`${path}.condition`, `It should be one of [${CONDITIONS.join(', ')}].`);
  }
  if (!on) tell(`${path}.containerName`, 'The name of another container is needed.');
  else if (on === name) tell(`${path}.containerName`, 'A container cannot depend on itself.');
  else if (!target)
    tell(`${path}.containerName`, `It depends on container '${on}', which does not exist.`);
  else if (['COMPLETE', 'SUCCESS'].includes(condition) && target.essential !== false) {
    tell(
      `${path}.condition`,
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    );
  } else if (condition === 'HEALTHY' && !isObject(target.healthCheck)) {
    tell(
      `${path}.condition`,
      `It waits for container '${on}' to be HEALTHY, which has no healthCheck.`,
    );
  }
}

/** The containers that wait for each other; those that wait for themselves are told of elsewhere. */
function cycle(containers: readonly JsonObject[]): string[] {
  const left = new Map(
    containers.map((one) => {
      const name = textOf(one.name);
      const others = objectsIn(one.dependsOn).map(({ containerName }) => textOf(containerName));
      return [name, others.filter((other) => other !== name)];
    }),
  );
  for (;;) {
    const free = [...left].filter(([, others]) => !others.some((other) => left.has(other)));
    if (!free.length) return [...left.keys()];
    for (const [name] of free) left.delete(name);
  }
}
