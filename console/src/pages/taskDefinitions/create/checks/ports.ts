/** Port mappings, which each network mode has its own rules for. */
import { type JsonObject, objectsIn, textOf } from '../../document';
import { wholeNumber } from './numbers';
import type { Tell } from './tell';

const PORT = { from: 1, to: 65_535 };
const PORT_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;

export function checkPorts(document: JsonObject, tell: Tell): void {
  const mode = textOf(document.networkMode) || 'bridge';
  const isSame = mode === 'awsvpc' || mode === 'host';
  const taken = new Set<string>();
  const names = new Set<string>();
  for (const [at, container] of objectsIn(document.containerDefinitions).entries()) {
    const mappings = objectsIn(container.portMappings);
    const ports = `containerDefinitions.${at}.portMappings`;
    if (mappings.length && mode === 'none') {
      tell(ports, 'Port mappings are not supported when networkMode=none.');
    }
    for (const [index, mapping] of mappings.entries()) {
      const path = `${ports}.${index}`;
      checkMapping(mapping, path, isSame ? mode : undefined, tell);
      checkPortName(mapping, names, `${path}.name`, tell);
      checkTaken(mapping, isSame, taken, path, tell);
    }
  }
}

function checkMapping(
  mapping: JsonObject,
  path: string,
  same: string | undefined,
  tell: Tell,
): void {
  const { containerPort, hostPort, containerPortRange } = mapping;
  if (containerPort === undefined && containerPortRange === undefined) {
    tell(`${path}.containerPort`, 'A port mapping needs a containerPort or a containerPortRange.');
    return;
  }
  const port = wholeNumber(containerPort, `${path}.containerPort`, tell, PORT);
  const host = wholeNumber(hostPort, `${path}.hostPort`, tell, { ...PORT, from: same ? 1 : 0 });
  if (same && port !== undefined && host !== undefined && port !== host) {
    tell(
      `${path}.hostPort`,
      `When networkMode=${same}, the host ports and container ports in port mappings must match.`,
    );
  }
}

function checkPortName(mapping: JsonObject, names: Set<string>, path: string, tell: Tell): void {
  if (mapping.name === undefined) return;
  const name = textOf(mapping.name);
  if (!PORT_NAME.test(name)) {
    tell(
      path,
      'A name has 1 to 64 lower-case letters, digits, underscores and hyphens, and does not begin with a hyphen.',
    );
  } else if (names.has(name)) {
    tell(
      path,
      `Port mapping name '${name}' is used twice. The names of port mappings must be unique within a task definition.`,
    );
  }
  names.add(name);
}

/** A host port can be had once; where the container's port is the host's, so can that one. */
function checkTaken(
  mapping: JsonObject,
  isSame: boolean,
  taken: Set<string>,
  path: string,
  tell: Tell,
): void {
  const port = isSame ? mapping.containerPort : mapping.hostPort;
  if (typeof port !== 'number' || !port) return;
  const protocol = mapping.protocol === 'udp' ? 'udp' : 'tcp';
  const key = `${port}/${protocol}`;
  if (taken.has(key)) {
    tell(
      `${path}.${isSame ? 'containerPort' : 'hostPort'}`,
      `The ${isSame ? 'container' : 'host'} port ${port} (${protocol}) is mapped more than once.`,
    );
  }
  taken.add(key);
}
