/** Volumes, and where containers mount them. */
import { type JsonObject, objectsIn, textOf } from '../../document';
import { NAME, type Tell } from './tell';

export const VOLUME_KINDS = [
  'host',
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  'configuredAtLaunch',
];

export function checkVolumes(document: JsonObject, tell: Tell): void {
  const names = new Set<string>();
  for (const [at, volume] of objectsIn(document.volumes).entries()) {
    const name = textOf(volume.name);
    const path = `volumes.${at}.name`;
    if (!name) tell(path, 'Without a name, no container can mount the volume.');
    else if (!NAME.test(name)) {
      tell(
        path,
        'Invalid volume name. A name has 1 to 255 letters, digits, hyphens and underscores.',
      );
    } else if (names.has(name)) tell(path, `Duplicate volume name '${name}'.`);
    names.add(name);
    const kinds = VOLUME_KINDS.filter((kind) => volume[kind]);
    if (kinds.length > 1) {
      tell(
        `volumes.${at}`,
        `Volume '${name}' can be of one kind only, but has ${kinds.join(' and ')}.`,
      );
    }
  }
  for (const [at, container] of objectsIn(document.containerDefinitions).entries()) {
    for (const [index, mount] of objectsIn(container.mountPoints).entries()) {
      const path = `containerDefinitions.${at}.mountPoints.${index}`;
      const source = textOf(mount.sourceVolume);
      if (!source || !names.has(source))
        tell(`${path}.sourceVolume`, `Unknown volume '${source}'.`);
      if (!textOf(mount.containerPath)) {
        tell(`${path}.containerPath`, `The mount of volume '${source}' needs a containerPath.`);
      }
    }
  }
}
