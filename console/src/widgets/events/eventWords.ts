/** An event as one line for people: what it is about, and what happened to it and why. */
import { clusterOf, nameOf } from '../../aws/arns';
import type { PublishedEvent } from '../../live/events';
import { type Detail, listOf, numberOf, recordOf, textOf } from './detail';
import { partsOf } from './eventParts';

/** Words, which lead to a page if they have an ARN. */
export interface Part {
  readonly text: string;
  readonly arn?: string;
}

export interface EventWords {
  /** `Task 1a2b3c4d`: with the ARN of whom it is about. */
  readonly subject: readonly Part[];
  readonly happened: readonly Part[];
  readonly isBad: boolean;
}

type Saying = (arn: string, detail: Detail) => EventWords;

export function wordsOf(event: PublishedEvent): EventWords {
  const detail = recordOf(event.detail);
  const arn = listOf(event.resources).map(String)[0] ?? '';
  const say = SAYINGS[event['detail-type'] ?? ''];
  return say ? say(arn, detail) : anything(event['detail-type'] ?? 'Event', arn, detail);
}

function task(arn: string, detail: Detail): EventWords {
  const status = textOf(detail, 'lastStatus');
  const desired = textOf(detail, 'desiredStatus');
  const health = textOf(detail, 'healthStatus');
  const reason = textOf(detail, 'stoppedReason');
  const code = textOf(detail, 'stopCode');
  const containers = listOf(detail.containers).map(recordOf);
  const instance = textOf(detail, 'containerInstanceArn');
  return {
    subject: [{ text: 'Task ' }, { text: nameOf(arn).slice(0, 8), arn }, ...ownerOf(arn, detail)],
    happened: sentence(
      [{ text: desired && desired !== status ? `${status} (to be ${desired})` : status }],
      instance ? [{ text: 'on ' }, { text: nameOf(instance).slice(0, 8), arn: instance }] : [],
      [{ text: health === 'UNKNOWN' ? '' : health }],
      [{ text: [code, reason].filter(Boolean).join(': ') }],
      ...containers.map((one) => [{ text: containerWords(one) }]),
    ),
    isBad:
      health === 'UNHEALTHY' ||
      code === 'TaskFailedToStart' ||
      containers.some((one) => (numberOf(one, 'exitCode') ?? 0) !== 0),
  };
}

/** ` of web`, with the service's page. */
function ownerOf(arn: string, detail: Detail): Part[] {
  const [kind, name] = textOf(detail, 'group').split(':');
  if (!name) return [];
  if (kind !== 'service') return [{ text: ` of ${name}` }];
  return [{ text: ' of ' }, { text: name, arn: serviceArnOf(arn, name) }];
}

function serviceArnOf(taskArn: string, service: string): string {
  const [before = ''] = taskArn.split(':task/');
  return `${before}:service/${clusterOf(taskArn)}/${service}`;
}

function containerWords(container: Detail): string {
  const exitCode = numberOf(container, 'exitCode');
  const reason = textOf(container, 'reason');
  if (exitCode === undefined && !reason) return '';
  const exited = exitCode === undefined ? '' : `exited with ${exitCode}`;
  return [textOf(container, 'name'), exited, reason].filter(Boolean).join(': ');
}

function instance(arn: string, detail: Detail): EventWords {
  const left = new Map(
    listOf(detail.remainingResources)
      .map(recordOf)
      .map((one) => [textOf(one, 'name'), numberOf(one, 'integerValue')]),
  );
  const isConnected = detail.agentConnected !== false;
  const resources = ['CPU', 'MEMORY']
    .filter((name) => left.get(name) !== undefined)
    .map((name) => `${name === 'CPU' ? 'CPU' : 'memory'} ${left.get(name)}`);
  return {
    subject: [
      { text: 'Instance ' },
      { text: textOf(detail, 'ec2InstanceId') || nameOf(arn).slice(0, 8), arn },
    ],
    happened: sentence(
      [{ text: textOf(detail, 'status') }],
      [{ text: isConnected ? 'agent connected' : 'agent not connected' }],
      [
        {
          text: `${numberOf(detail, 'runningTasksCount') ?? 0} running, ${numberOf(detail, 'pendingTasksCount') ?? 0} pending`,
        },
      ],
      [{ text: resources.length ? `${resources.join(', ')} left` : '' }],
      [{ text: textOf(detail, 'statusReason') }],
    ),
    isBad: !isConnected,
  };
}

/** Members of a service action that are told otherwise, or belong to every one. */
const TOLD = new Set(['eventType', 'eventName', 'clusterArn', 'createdAt', 'message']);

function service(arn: string, detail: Detail): EventWords {
  const extras = Object.entries(detail).filter(([name]) => !TOLD.has(name));
  return {
    subject: [{ text: 'Service ' }, { text: nameOf(arn), arn }],
    happened: sentence(
      [{ text: textOf(detail, 'eventName') }],
      messageParts(arn, textOf(detail, 'message')),
      ...extras.map(([name, value]) => [{ text: `${name} ` }, ...valueParts(value)]),
    ),
    isBad: isBad(detail),
  };
}

/** A service's sentence with the pages of whom it names; a target group's is not its cluster's. */
function messageParts(serviceArn: string, message: string): Part[] {
  const [before = ''] = serviceArn.split(':service/');
  const [, , , region = '', account = ''] = serviceArn.split(':');
  const kinds: Readonly<Record<string, string>> = {
    task: `${before}:task/${clusterOf(serviceArn)}/`,
    instance: `${before}:container-instance/${clusterOf(serviceArn)}/`,
    'target group': `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/`,
  };
  return partsOf(message).map(({ kind, name, text }) => {
    const start = kinds[kind];
    return start ? { text, arn: name.startsWith('arn:') ? name : `${start}${name}` } : { text };
  });
}

function deployment(arn: string, detail: Detail): EventWords {
  return {
    subject: [{ text: 'Deployment of ' }, { text: nameOf(arn), arn }],
    happened: sentence(
      [{ text: textOf(detail, 'eventName') }],
      [{ text: textOf(detail, 'deploymentId') }],
      [{ text: textOf(detail, 'reason') }],
    ),
    isBad: isBad(detail),
  };
}

function hook(_: string, detail: Detail): EventWords {
  const arn = textOf(detail, 'serviceArn');
  const isWaiting = textOf(detail, 'eventName') === 'HOOK_AWAITING_ACTION';
  return {
    subject: [{ text: 'Hook of ' }, { text: nameOf(arn), arn }],
    happened: sentence(
      [{ text: textOf(detail, 'eventName') }],
      [{ text: textOf(detail, 'hookId') }],
      [{ text: textOf(detail, 'lifecycleStage') }],
      [{ text: isWaiting ? `expires ${textOf(detail, 'expiresAt')}` : '' }],
    ),
    isBad: isBad(detail),
  };
}

function anything(type: string, arn: string, detail: Detail): EventWords {
  return {
    subject: arn ? [{ text: nameOf(arn), arn }] : [{ text: '–' }],
    happened: sentence(
      [{ text: type }],
      ...Object.entries(detail).map(([name, value]) => [
        { text: `${name} ` },
        ...valueParts(value),
      ]),
    ),
    isBad: isBad(detail),
  };
}

const SAYINGS: Readonly<Record<string, Saying>> = {
  'ECS Task State Change': task,
  'ECS Container Instance State Change': instance,
  'ECS Service Action': service,
  'ECS Deployment State Change': deployment,
  'ECS Hook State Change': hook,
};

function isBad(detail: Detail): boolean {
  const type = textOf(detail, 'eventType');
  return type === 'ERROR' || type === 'WARN';
}

/** The parts with dots between them; those without words are left out. */
function sentence(...phrases: readonly (readonly Part[])[]): Part[] {
  const told = phrases.filter((phrase) => phrase.some(({ text }) => text));
  return told.flatMap((phrase, index) => (index ? [{ text: ' · ' }, ...phrase] : [...phrase]));
}

function valueParts(value: unknown): Part[] {
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap((one, index) => {
    const part = valuePart(one);
    return index ? [{ text: ', ' }, part] : [part];
  });
}

function valuePart(value: unknown): Part {
  if (typeof value === 'string' && value.startsWith('arn:')) {
    return { text: nameOf(value), arn: value };
  }
  return { text: typeof value === 'object' ? JSON.stringify(value) : String(value) };
}

/** All words of it, for who looks for one. */
export function plainWords(words: EventWords): string {
  return [...words.subject, ...words.happened]
    .map(({ text, arn }) => (arn ? `${text} ${nameOf(arn)}` : text))
    .join(' ');
}
