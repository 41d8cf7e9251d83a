/** The service deployments there were: what they were of, how they ended, and why. */
import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs';
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { nameOf } from '../../aws/arns';
import type { Failure } from '../../aws/failures';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { StatusLabel } from '../../widgets/StatusLabel';
import { duration, When } from '../../widgets/When';
import { DEPLOYMENTS_SHOWN, type Deployments, revisionName } from './queries';
import { breakerWords, isUnderWay, strategyOf } from './serviceDeployments';

export function DeploymentHistory({ asked }: { asked: UseQueryResult<Deployments, Failure> }) {
  const { data, error, isPending, refetch } = asked;
  const columns = useMemo(() => columnsOf(data?.revisions ?? new Map()), [data]);
  return (
    <ItemTable
      title="Service deployments"
      name="deployments"
      items={data?.deployments ?? []}
      columns={columns}
      idOf={({ serviceDeploymentArn = '' }) => serviceDeploymentArn}
      isLoading={isPending}
      failure={error ?? undefined}
      onRetry={() => void refetch()}
      sortedBy="began"
      isDescending
      description={data?.hasMore ? `The newest ${DEPLOYMENTS_SHOWN}.` : undefined}
      empty={
        <EmptyState title="No service deployments">
          One is made when the service is created, when its revision changes, or when it is forced.
        </EmptyState>
      }
    />
  );
}

function columnsOf(
  revisions: ReadonlyMap<string, ServiceRevision>,
): readonly Column<ServiceDeployment>[] {
  const target = (one: ServiceDeployment) =>
    revisionName(one.targetServiceRevision?.arn, revisions);
  const sources = ({ sourceServiceRevisions = [] }: ServiceDeployment) =>
    sourceServiceRevisions.map(({ arn }) => revisionName(arn, revisions)).join(', ');
  return [
    {
      id: 'id',
      header: 'Deployment',
      value: (one) => `${nameOf(one.serviceDeploymentArn)} ${strategyOf(one)}`,
      cell: (one) => (
        <>
          {nameOf(one.serviceDeploymentArn)}
          <div>
            <small>{strategyOf(one)}</small>
          </div>
        </>
      ),
      width: 210,
    },
    {
      id: 'status',
      header: 'Status',
      value: ({ status }) => status,
      cell: ({ status }) => <StatusLabel status={status} />,
      width: 225,
    },
    {
      id: 'change',
      header: 'From → to',
      width: 160,
      value: (one) => `${sources(one)} ${target(one)}`,
      cell: (one) => `${sources(one) || '–'} → ${target(one) || '–'}`,
    },
    {
      id: 'reason',
      header: 'Reason',
      value: reasonOf,
      cell: (one) => (
        <>
          {reasonOf(one) || '–'}
          {breakerWords(one) && (
            <div>
              <small>Circuit breaker: {breakerWords(one)}</small>
            </div>
          )}
        </>
      ),
    },
    {
      id: 'began',
      header: 'Began',
      value: ({ createdAt }) => createdAt?.getTime(),
      cell: ({ createdAt }) => <When at={createdAt} />,
    },
    { id: 'took', header: 'Took', value: secondsOf, cell: tookOf },
  ];
}

function reasonOf({ status, statusReason, rollback, lifecycleStage }: ServiceDeployment): string {
  const stage = isUnderWay(status) ? lifecycleStage : undefined;
  return [statusReason ?? rollback?.reason, stage].filter(Boolean).join(' · ');
}

function secondsOf({ createdAt, finishedAt, stoppedAt }: ServiceDeployment): number | undefined {
  const end = finishedAt ?? stoppedAt;
  return end && createdAt ? (end.getTime() - createdAt.getTime()) / 1_000 : undefined;
}

function tookOf(deployment: ServiceDeployment): string {
  const seconds = secondsOf(deployment);
  return seconds === undefined ? '–' : duration(seconds);
}
