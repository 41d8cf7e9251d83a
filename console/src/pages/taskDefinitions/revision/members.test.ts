import { expect, it } from 'vitest';
import { membersOf, otherMembers } from './members';

it('says what a container has, and nothing of what it does not have', () => {
  expect(
    membersOf({
      image: 'demo/web',
      cpu: 0,
      command: ['sh', '-c', 'sleep 1; date'],
      dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      healthCheck: { command: ['CMD-SHELL', 'true'], interval: 30, retries: 3 },
      logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } },
      ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
      portMappings: [],
    }),
  ).toEqual([
    { label: 'Image', value: 'demo/web' },
    { label: 'CPU', value: '0 units' },
    { label: 'Command', value: "sh -c 'sleep 1; date'" },
    { label: 'Depends on', value: 'db (HEALTHY)' },
    { label: 'Health check', value: 'CMD-SHELL true · every 30 s, 3 retries' },
    { label: 'Log driver', value: 'json-file, max-size=1m' },
    { label: 'Ulimits', value: 'nofile 1:2' },
  ]);
  expect(membersOf({})).toEqual([]);
});

it('shows members that it does not know as JSON', () => {
  const container = {
    name: 'web',
    image: 'x',
    linuxParameters: { maxSwap: 0 },
    newThing: [1],
    systemControls: [],
  };
  expect(otherMembers(container)).toEqual([
    { label: 'linuxParameters', value: '{"maxSwap":0}' },
    { label: 'newThing', value: '[1]' },
  ]);
});
