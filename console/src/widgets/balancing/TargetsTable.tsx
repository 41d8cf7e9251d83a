/** A group's targets with their health, as it changes; draining ones with how long they have. */
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { useRef } from 'react';
import { nameOf } from '../../aws/arns';
import { useAttributes, useTargetHealth } from '../../live/balancing';
import { ArnLink } from '../ArnLink';
import { EmptyState } from '../EmptyState';
import { ItemTable } from '../ItemTable';
import { StatusLabel } from '../StatusLabel';
import { useNow } from '../When';
import {
  type DrainingSince,
  drainingAfter,
  drainingSince,
  drainingText,
  targetKey,
} from './draining';
import type { Holder } from './targetTasks';
import { useHolders } from './useHolders';

export function TargetsTable({ arn }: { arn: string }) {
  const { data = [], isPending, error, refetch } = useTargetHealth(arn);
  const { data: attributes = {} } = useAttributes('target-group', arn);
  const holders = useHolders(arn);
  const holderOf = (target: TargetHealthDescription) =>
    holders.get(target.Target?.Id ?? '') ?? holders.get(targetKey(target));
  const since = useRef<DrainingSince>(new Map());
  since.current = drainingAfter(since.current, data, Date.now());
  const delay = Number(attributes['deregistration_delay.timeout_seconds'] ?? Number.NaN);
  return (
    <ItemTable<TargetHealthDescription>
      title="Registered targets"
      name="targets"
      items={data}
      idOf={targetKey}
      isLoading={isPending}
      failure={error ?? undefined}
      onRetry={() => void refetch()}
      empty={
        <EmptyState title="No targets">
          Services register their tasks when they run, if they name this target group.
        </EmptyState>
      }
      columns={[
        {
          id: 'id',
          header: 'Target',
          value: ({ Target }) => Target?.Id,
          cell: ({ Target }) => <span className="word">{Target?.Id ?? '–'}</span>,
        },
        {
          id: 'port',
          header: 'Port',
          value: ({ Target }) => Target?.Port,
          cell: ({ Target }) => Target?.Port ?? '–',
        },
        {
          id: 'zone',
          header: 'Zone',
          value: ({ Target }) => Target?.AvailabilityZone,
          cell: ({ Target }) => Target?.AvailabilityZone ?? '–',
        },
        {
          id: 'state',
          header: 'Health',
          value: ({ TargetHealth }) => TargetHealth?.State,
          cell: (target) => (
            <>
              <StatusLabel status={target.TargetHealth?.State} />
              <Draining since={drainingSince(since.current, target)} delay={delay} />
            </>
          ),
        },
        {
          id: 'task',
          header: 'Task',
          value: (target) => holderOf(target)?.taskArn,
          cell: (target) => <Behind holder={holderOf(target)} />,
        },
        {
          id: 'why',
          header: 'Reason',
          value: whyOf,
          cell: (target) => whyOf(target) || '–',
        },
      ]}
    />
  );
}

function Draining({ since, delay }: { since: number | undefined; delay: number }) {
  const now = useNow();
  if (since === undefined) return null;
  return <small> {drainingText((now - since) / 1_000, delay)}</small>;
}

function Behind({ holder }: { holder: Holder | undefined }) {
  if (!holder) return <>–</>;
  return (
    <>
      <ArnLink arn={holder.taskArn}>{nameOf(holder.taskArn).slice(0, 8)}</ArnLink> {holder.status}
    </>
  );
}

function whyOf({ TargetHealth }: TargetHealthDescription): string {
  return [TargetHealth?.Reason, TargetHealth?.Description].filter(Boolean).join(': ');
}
