/** What is said of a container: how it ended, where its ports are. */
import type { Attachment, Container, NetworkBinding } from '@aws-sdk/client-ecs';

/** What codes say that are not the program's own. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  126: 'the command cannot be executed',
  127: 'the command was not found',
  137: 'killed by SIGKILL: out of memory, or not stopped within its stop timeout',
  139: 'segmentation fault',
  143: 'ended by SIGTERM',
};

export function exitText({ exitCode, reason }: Container): string {
  const meaning = exitCode === undefined ? undefined : EXIT_CODES[exitCode];
  const code = exitCode === undefined ? '' : `${exitCode}${meaning ? ` (${meaning})` : ''}`;
  return [code, reason].filter(Boolean).join(', ') || '–';
}

/** `0.0.0.0:32768 → 8080/tcp`. */
export function bindingText(binding: NetworkBinding): string {
  const { bindIP, hostPort, containerPort, protocol = 'tcp' } = binding;
  const host = hostPort ?? binding.hostPortRange ?? '?';
  const port = containerPort ?? binding.containerPortRange ?? '?';
  return `${bindIP ?? ''}:${host} → ${port}/${protocol}`;
}

const LABELS: Readonly<Record<string, string>> = {
  subnetId: 'Subnet',
  networkInterfaceId: 'Network interface',
  macAddress: 'MAC address',
  privateIPv4Address: 'Private address',
  privateDnsName: 'Private DNS name',
  ipv6Address: 'IPv6 address',
};

/** The details of an attachment, those that are not known here under ECS's own names. */
export function detailsOf({ details = [] }: Attachment): { label: string; value: string }[] {
  return details.map(({ name = 'detail', value = '–' }) => ({
    label: LABELS[name] ?? name,
    value,
  }));
}
