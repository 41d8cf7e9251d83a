/** Sends the batches of a dialog, and keeps what became of each revision. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { useState } from 'react';
import { useNotifications } from '../../../app/notifications';
import type { Failure } from '../../../aws/failures';
import { announce } from '../../../live/changes';
import { nameSome, shortName } from '../summary';
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
    if (went.length) {
      const verb = went.length === 1 ? 'is' : 'are';
      succeeded(
        `${nameSome(went)} ${verb} ${given.done}`,
        failed.length ? undefined : given.afterwards,
      );
    }
    if (!failed.length) given.onDismiss();
  };
  return { left, outcomes, isSending, send: () => void sendThem() };
}
