/** What a container instance has and what is taken of it, in numbers for bars and tables. Pure. */
import type { ContainerInstance, Resource } from '@aws-sdk/client-ecs';

export interface Amount {
  readonly used: number;
  readonly total: number;
  readonly left: number;
}

/** Of CPU (units) or MEMORY (MiB). */
export function amountOf(instance: ContainerInstance, name: 'CPU' | 'MEMORY'): Amount {
  const total = find(instance.registeredResources, name)?.integerValue ?? 0;
  const left = find(instance.remainingResources, name)?.integerValue ?? 0;
  return { total, left, used: Math.max(0, total - left) };
}

export function sumOf(instances: readonly ContainerInstance[], name: 'CPU' | 'MEMORY'): Amount {
  return instances
    .map((instance) => amountOf(instance, name))
    .reduce(
      (sum, one) => ({
        used: sum.used + one.used,
        total: sum.total + one.total,
        left: sum.left + one.left,
      }),
      { used: 0, total: 0, left: 0 },
    );
}

export interface Ports {
  /** Kept for the machine itself: taken when it registered. */
  readonly reserved: readonly string[];
  /** Taken by tasks. */
  readonly taken: readonly string[];
}

/** ECS lists under "remaining" ports those that are in use or reserved. */
export function portsOf(instance: ContainerInstance, name: 'PORTS' | 'PORTS_UDP'): Ports {
  const reserved = find(instance.registeredResources, name)?.stringSetValue ?? [];
  const used = find(instance.remainingResources, name)?.stringSetValue ?? [];
  return {
    reserved: inOrder(reserved),
    taken: inOrder(used.filter((port) => !reserved.includes(port))),
  };
}

/** Device ids: all of them, and those that are left; undefined where there are none. */
export function gpusOf(instance: ContainerInstance): Amount | undefined {
  const total = find(instance.registeredResources, 'GPU')?.stringSetValue?.length ?? 0;
  if (!total) return undefined;
  const left = find(instance.remainingResources, 'GPU')?.stringSetValue?.length ?? 0;
  return { total, left, used: total - left };
}

/** The value of an attribute, such as `ecs.availability-zone`. */
export function attributeOf(instance: ContainerInstance, name: string): string | undefined {
  return instance.attributes?.find((one) => one.name === name)?.value;
}

export function zoneOf(instance: ContainerInstance): string | undefined {
  return attributeOf(instance, 'ecs.availability-zone');
}

/** Whether placement looks at it at all. */
export function takesTasks({ status, agentConnected }: ContainerInstance): boolean {
  return status === 'ACTIVE' && agentConnected === true;
}

/** What the agent and ECS set by themselves, and nobody can change. */
export function isReserved(attribute: string): boolean {
  return attribute.startsWith('ecs.') || attribute.startsWith('com.amazonaws.ecs.');
}

export function isCapability(attribute: string): boolean {
  return attribute.includes('ecs.capability.');
}

function find(resources: readonly Resource[] | undefined, name: string): Resource | undefined {
  return resources?.find((one) => one.name === name);
}

function inOrder(ports: readonly string[]): string[] {
  return [...ports].sort((a, b) => Number(a) - Number(b));
}

/** A machine of somebody's own, not an EC2 instance. */
export function isExternal(instance: ContainerInstance): boolean {
  return (
    attributeOf(instance, 'ecs.capability.external') !== undefined ||
    Boolean(instance.ec2InstanceId?.startsWith('mi-'))
  );
}
