import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  amountOf,
  gpusOf,
  isCapability,
  isReserved,
  portsOf,
  sumOf,
  takesTasks,
} from './instanceResources';

const INSTANCE: ContainerInstance = {
  registeredResources: [
    { name: 'CPU', integerValue: 2048 },
    { name: 'PORTS', stringSetValue: ['22', '51678'] },
    { name: 'GPU', stringSetValue: ['gpu-1', 'gpu-2'] },
  ],
  remainingResources: [
    { name: 'CPU', integerValue: 1536 },
    { name: 'PORTS', stringSetValue: ['51678', '32768', '8080', '22'] },
    { name: 'GPU', stringSetValue: ['gpu-2'] },
  ],
};

describe('what is taken of a container instance', () => {
  it('is what was registered less what remains', () => {
    expect(amountOf(INSTANCE, 'CPU')).toEqual({ total: 2048, left: 1536, used: 512 });
    expect(amountOf({}, 'MEMORY')).toEqual({ total: 0, left: 0, used: 0 });
  });

  it('is added up over instances', () => {
    expect(sumOf([INSTANCE, INSTANCE], 'CPU').used).toBe(1024);
    expect(sumOf([], 'CPU')).toEqual({ total: 0, left: 0, used: 0 });
  });

  it('tells ports of tasks from those that are reserved, in order of number', () => {
    expect(portsOf(INSTANCE, 'PORTS')).toEqual({
      reserved: ['22', '51678'],
      taken: ['8080', '32768'],
    });
    expect(portsOf({}, 'PORTS_UDP')).toEqual({ reserved: [], taken: [] });
  });

  it('tells of GPUs only where there are some', () => {
    expect(gpusOf(INSTANCE)).toEqual({ total: 2, left: 1, used: 1 });
    expect(gpusOf({})).toBeUndefined();
  });
});

it('takes tasks only when ACTIVE with a connected agent', () => {
  expect(takesTasks({ status: 'ACTIVE', agentConnected: true })).toBe(true);
  expect(takesTasks({ status: 'ACTIVE', agentConnected: false })).toBe(false);
  expect(takesTasks({ status: 'DRAINING', agentConnected: true })).toBe(false);
});

it('tells reserved attributes and capabilities', () => {
  expect(isReserved('ecs.os-type')).toBe(true);
  expect(isReserved('stack')).toBe(false);
  expect(isCapability('com.amazonaws.ecs.capability.privileged-container')).toBe(true);
  expect(isCapability('ecs.os-type')).toBe(false);
});
