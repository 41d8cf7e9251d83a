/** Sends the batches of a dialog, and keeps what became of each revision. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { useState } from 'react';
import { useNotifications } from '../../../app/notifications';
import type { Failure } from '../../../aws/failures';
import { announce } from '../../../live/changes';
import { counted, nameSome, shortName } from '../summary';
import { type Batch, sendAll } from './batches';

export interface Told {
  readonly failure?: Failure;
}

interface Given {
  revisions: readonly TaskDefinition[];
  done: string;
  afterwards?: string;
  batchesOf: (arns: readonly string[]) => readonly Batch[];
  onSelect: (arns: readonly string[]) => void;
  onDismiss: () => void;
}

export function useBatches(given: Given) {
  const { succeeded } = useNotifications();
  const [isSending, setSending] = useState(false);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Told>>(new Map());
  const arns = given.revisions.map(({ taskDefinitionArn = '' }) => taskDefinitionArn);
  const left = arns.filter((arn) => {
    const told = outcomes.get(arn);
    return !told || told.failure;
  });
  const sendThem = async () => {
    setSending(true);
    setOutcomes((before) => new Map([...before].filter(([arn]) => !left.includes(arn))));
    const found = await sendAll(given.batchesOf(left), (arn, failure) =>
      setOutcomes((before) => new Map([...before, [arn, { failure }]])),
    );
    setSending(false);
    announce(null);
    const failed = [...found].filter(([, failure]) => failure).map(([arn]) => arn);
    const went = given.revisions
      .filter(({ taskDefinitionArn: arn = '' }) => found.has(arn) && !failed.includes(arn))
      .map(shortName);
    given.onSelect(failed);
    if (went.length) succeeded(...told(went, given.done, failed.length ? '' : given.afterwards));
    if (!failed.length) given.onDismiss();
  };
  return { left, outcomes, isSending, send: () => void sendThem() };
}

/** Title and text of the notification: one is named in the title, several in the text. */
export function told(names: readonly string[], done: string, afterwards = ''): [string, string] {
  if (names.length === 1) return [`${names[0]} is ${done}`, afterwards];
  const text = [`${nameSome(names)}.`, afterwards].filter(Boolean).join(' ');
  return [`${counted(names.length, 'revision')} are ${done}`, text];
}
