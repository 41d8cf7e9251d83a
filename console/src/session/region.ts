/** The Region of this tab: the first part of the path, so that a link leads to the same place. */

export const BASE = '/console';

/** Regions that the selector offers besides the one in use. */
export const REGIONS: readonly { id: string; name: string }[] = [
  { id: 'us-east-1', name: 'US East (N. Virginia)' },
  { id: 'us-east-2', name: 'US East (Ohio)' },
  { id: 'us-west-1', name: 'US West (N. California)' },
  { id: 'us-west-2', name: 'US West (Oregon)' },
  { id: 'ca-central-1', name: 'Canada (Central)' },
  { id: 'sa-east-1', name: 'South America (São Paulo)' },
  { id: 'eu-central-1', name: 'Europe (Frankfurt)' },
  { id: 'eu-central-2', name: 'Europe (Zurich)' },
  { id: 'eu-west-1', name: 'Europe (Ireland)' },
  { id: 'eu-west-2', name: 'Europe (London)' },
  { id: 'eu-west-3', name: 'Europe (Paris)' },
  { id: 'eu-north-1', name: 'Europe (Stockholm)' },
  { id: 'eu-south-1', name: 'Europe (Milan)' },
  { id: 'ap-northeast-1', name: 'Asia Pacific (Tokyo)' },
  { id: 'ap-northeast-2', name: 'Asia Pacific (Seoul)' },
  { id: 'ap-south-1', name: 'Asia Pacific (Mumbai)' },
  { id: 'ap-southeast-1', name: 'Asia Pacific (Singapore)' },
  { id: 'ap-southeast-2', name: 'Asia Pacific (Sydney)' },
];

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** The Region that a path names, if it names one. */
export function regionOfPath(path: string): string | undefined {
  const first = path.slice(BASE.length + 1).split('/')[0] ?? '';
  return REGION.test(first) ? first : undefined;
}

let current = '';

/** The Region that all calls are signed for. */
export function region(): string {
  return current;
}

export function setRegion(id: string): void {
  current = id;
}

let home = '';

/** The server's own Region: that of the keys it makes and of what `roadstead env` prints. */
export function setHome(id: string): void {
  home = id;
}

/** The Region that a command has to name: a shell has the server's. */
export function foreignRegion(): string | undefined {
  return current && current !== home ? current : undefined;
}
