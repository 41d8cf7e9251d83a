import { describe, expect, it } from 'vitest';
import type { Json } from '../../document';
import { problemsOf } from './problems';

const WEB = { name: 'web', image: 'demo/web:latest', memory: 64 };
const of = (members: { [member: string]: Json }) =>
  problemsOf({ family: 'web', containerDefinitions: [WEB], ...members }).map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe('what ECS would refuse', () => {
  it('is nothing in a good document, whatever else a container has', () => {
    expect(of({ containerDefinitions: [{ ...WEB, somethingNew: { a: [1] } }] })).toEqual([]);
  });

  it('is a family without a name, containers without name, image or memory', () => {
    expect(problemsOf({ containerDefinitions: [{}] })).toEqual([
      { path: 'family', message: 'Family should not be null or empty.' },
      {
        path: 'containerDefinitions.0.name',
        message: 'Container.name should not be null or empty.',
      },
      {
        path: 'containerDefinitions.0.image',
        message: 'Container.image should not be null or empty.',
      },
      {
        path: 'containerDefinitions.0.memory',
        message:
          "Invalid setting for container ''. At least one of 'memory' or 'memoryReservation' must be specified.",
      },
    ]);
  });

  it('is what only ECS says, and what nobody knows', () => {
    const [first, second] = of({ revision: 3, colour: 'blue' });
    expect(first).toMatch(/^revision: revision is what ECS says/);
    expect(second).toMatch(
      /^colour: Unknown parameter in input: "colour", must be one of: family,/,
    );
  });

  it.each<[string, { [member: string]: Json }, string]>([
    [
      'a size that is none',
      { cpu: 'much' },
      "cpu: Invalid 'cpu' setting for task. Units such as 512 (128 to 196608), or 0.5 vCPU.",
    ],
    [
      'containers larger than their task',
      { memory: '32' },
      "containerDefinitions.0.memory: 'memory' cannot be greater than the value of the task 'memory'.",
    ],
    [
      'no essential container',
      { containerDefinitions: [{ ...WEB, essential: false }] },
      'containerDefinitions: A task definition must have at least one essential container.',
    ],
    [
      'two of one name',
      { containerDefinitions: [WEB, WEB] },
      "containerDefinitions.1.name: Duplicate container name 'web'. Container names must be unique within a task definition.",
    ],
    [
      'another host port in awsvpc',
      {
        networkMode: 'awsvpc',
        containerDefinitions: [{ ...WEB, portMappings: [{ containerPort: 80, hostPort: 81 }] }],
      },
      'containerDefinitions.0.portMappings.0.hostPort: When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    [
      'a port that is text',
      { containerDefinitions: [{ ...WEB, portMappings: [{ containerPort: '80' }] }] },
      'containerDefinitions.0.portMappings.0.containerPort: A whole number is expected, from 1 to 65535.',
    ],
    [
      'ports without a network',
      {
        networkMode: 'none',
        containerDefinitions: [{ ...WEB, portMappings: [{ containerPort: 80 }] }],
      },
      'containerDefinitions.0.portMappings: Port mappings are not supported when networkMode=none.',
    ],
    [
      'a host port twice',
      {
        containerDefinitions: [
          {
            ...WEB,
            portMappings: [
              { containerPort: 80, hostPort: 8080 },
              { containerPort: 81, hostPort: 8080 },
            ],
          },
        ],
      },
      'containerDefinitions.0.portMappings.1.hostPort: The host port 8080 (tcp) is mapped more than once.',
    ],
    [
      'a mount of no volume',
      {
        containerDefinitions: [
          { ...WEB, mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] },
        ],
      },
      "containerDefinitions.0.mountPoints.0.sourceVolume: Unknown volume 'data'.",
    ],
    [
      'a health check that says nothing',
      { containerDefinitions: [{ ...WEB, healthCheck: { command: ['true'] } }] },
      'containerDefinitions.0.healthCheck.command: The healthCheck command must begin with CMD, then the words of a command, or with CMD-SHELL, then a line for the shell.',
    ],
    ['an empty list of tags', { tags: [] }, 'tags: Tags can not be empty.'],
    [
      'a placement constraint of another type',
      { placementConstraints: [{ type: 'distinctInstance', expression: 'x' }] },
      'placementConstraints.0.type: In a task definition, the type of a placement constraint is memberOf.',
    ],
    [
      'Fargate with another network',
      { requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' },
      'networkMode: Fargate only supports network mode ‘awsvpc’.',
    ],
    [
      'a size that Fargate lacks',
      {
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '.25 vCPU',
        memory: '4 GB',
      },
      'memory: No Fargate configuration exists for given values.',
    ],
  ])('is %s', (_, members, problem) => {
    expect(of(members)).toEqual([problem]);
  });

  it('is a dependency that cannot come true', () => {
    const job = {
      ...WEB,
      name: 'job',
      essential: false,
      dependsOn: [{ containerName: 'web', condition: 'COMPLETE' }],
    };
    expect(of({ containerDefinitions: [WEB, job] })).toEqual([
      'containerDefinitions.1.dependsOn.0.condition: A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    ]);
    const waits = { ...WEB, dependsOn: [{ containerName: 'job', condition: 'START' }] };
    const back = { ...job, dependsOn: [{ containerName: 'web', condition: 'START' }] };
    expect(of({ containerDefinitions: [waits, back] })).toEqual([
      'containerDefinitions: There is a dependency cycle among the containers web, job.',
    ]);
  });

  it('breaks on nothing that JSON can say', () => {
    for (const odd of [null, 3, 'x', [], [[]], { a: null }] as Json[]) {
      expect(() => problemsOf(odd)).not.toThrow();
      for (const member of [
        'family',
        'containerDefinitions',
        'volumes',
        'tags',
        'placementConstraints',
        'cpu',
      ]) {
        expect(() => problemsOf({ [member]: odd })).not.toThrow();
        expect(() =>
          problemsOf({
            containerDefinitions: [
              {
                [member]: odd,
                portMappings: odd,
                dependsOn: odd,
                healthCheck: odd,
                environment: odd,
              },
            ],
          }),
        ).not.toThrow();
      }
    }
  });
});
