/** What of a document the form has fields for. */
import { type JsonObject, objectsIn } from '../document';

const OF_TASK = new Set([
  'family',
  'networkMode',
  'cpu',
  'memory',
  'taskRoleArn',
  'executionRoleArn',
  'requiresCompatibilities',
  'containerDefinitions',
  'volumes',
  'placementConstraints',
  'tags',
]);

const OF_CONTAINER = new Set([
  'name',
  'image',
  'memory',
  'memoryReservation',
  'cpu',
  'essential',
  'portMappings',
  'environment',
  'secrets',
  'entryPoint',
  'command',
  'healthCheck',
  'dependsOn',
  'mountPoints',
]);

/** The members without a field: `pidMode`, `ulimits of container web`. */
export function withoutField(document: JsonObject): string[] {
  const found = Object.keys(document).filter((member) => !OF_TASK.has(member));
  for (const container of objectsIn(document.containerDefinitions)) {
    for (const member of Object.keys(container)) {
      if (!OF_CONTAINER.has(member)) found.push(`${member} of container ${container.name ?? ''}`);
    }
  }
  return found;
}
