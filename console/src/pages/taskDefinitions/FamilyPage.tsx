/** A family: its revisions, and what can be done with those that are selected. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { paths } from '../../app/paths';
import { EmptyState } from '../../widgets/EmptyState';
import { ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import type { ActionId } from './actions/choices';
import { RevisionActions } from './actions/RevisionActions';
import { RevisionDialog } from './actions/RevisionDialog';
import { LinkButton } from './LinkButton';
import { revisionColumns } from './revisionColumns';
import { type RevisionStatus, STATUSES, useRevisions } from './revisions';
import { StatusFilter } from './StatusFilter';
import { newestFirst, revisionNumber } from './summary';
import { useUsage } from './useUsage';

export default function FamilyPage() {
  const { family = '' } = useParams();
  const { status, choose } = useStatus();
  const { items, isLoading, listed, failure } = useRevisions(family);
  const usage = useUsage(family);
  const [selectedArns, select] = useState<ReadonlySet<string>>(new Set());
  const [action, setAction] = useState<ActionId>();
  const all = useMemo(() => newestFirst(items), [items]);
  const shown = useMemo(() => all.filter((one) => one.status === status), [all, status]);
  const selected = shown.filter(({ taskDefinitionArn = '' }) =>
    selectedArns.has(taskDefinitionArn),
  );
  const columns = useMemo(() => revisionColumns(usage), [usage]);
  const latest = all.find((one) => one.status === 'ACTIVE') ?? all[0];
  const isInactive = !isLoading && all.length > 0 && all.every((one) => one.status !== 'ACTIVE');
  return (
    <PageFrame
      title={`Task definition : ${family}`}
      above={[{ text: 'Task definitions', to: paths.families() }]}
      actions={
        latest && (
          <LinkButton to={paths.createRevision(family, revisionNumber(latest))} variant="primary">
            Create new revision
          </LinkButton>
        )
      }
    >
      {isInactive && <InactiveFamily />}
      <ItemTable
        key={status}
        title="Revisions"
        items={shown}
        columns={columns}
        idOf={idOf}
        isLoading={isLoading && !shown.length}
        failure={failure}
        sortedBy="revision"
        isDescending
        selection={{
          type: 'multi',
          selected,
          onSelect: (chosen) => select(new Set(chosen.map(idOf))),
        }}
        listed={listed}
        actions={<RevisionActions selected={selected} onAsk={setAction} />}
        filters={<StatusFilter definitions={all} status={status} onChoose={choose} />}
        empty={<NoRevision family={family} status={status} isGone={!all.length} latest={latest} />}
      />
      {action && (
        <RevisionDialog
          key={action}
          action={action}
          selected={selected}
          all={all}
          usage={usage}
          onSelect={(arns) => select(new Set(arns))}
          onDismiss={() => setAction(undefined)}
        />
      )}
    </PageFrame>
  );
}

function idOf({ taskDefinitionArn = '' }: TaskDefinition): string {
  return taskDefinitionArn;
}

/** The status whose revisions are shown, kept in the address. */
function useStatus() {
  const [search, setSearch] = useSearchParams();
  const named = search.get('status') as RevisionStatus;
  const status = STATUSES.includes(named) ? named : 'ACTIVE';
  const choose = (chosen: RevisionStatus) =>
    setSearch((before) => {
      if (chosen === 'ACTIVE') before.delete('status');
      else before.set('status', chosen);
      return before;
    });
  return { status, choose };
}

function InactiveFamily() {
  return (
    <Alert type="info" header="This family is in the INACTIVE list">
      None of its revisions is ACTIVE, so no new tasks or services can be made of it. Adding a new
      revision moves the family back to the ACTIVE list.
    </Alert>
  );
}

interface NoRevisionProps {
  family: string;
  status: RevisionStatus;
  /** Whether the family has no revision of any status. */
  isGone: boolean;
  latest: TaskDefinition | undefined;
}

const WHAT_IS: Record<RevisionStatus, string> = {
  ACTIVE: 'Tasks can be run and services created of an ACTIVE revision.',
  INACTIVE: 'A revision that is deregistered is INACTIVE: what uses it goes on, nothing new can.',
  DELETE_IN_PROGRESS:
    'A revision that is deleted stays here until the last task and service that use it are gone.',
};

function NoRevision({ family, status, isGone, latest }: NoRevisionProps) {
  const path = latest ? paths.createRevision(family, revisionNumber(latest)) : paths.createFamily();
  return (
    <EmptyState
      title={isGone ? `There is no task definition ${family}` : `No ${status} revisions`}
      action={
        (isGone || status === 'ACTIVE') && (
          <SpaceBetween size="xs" alignItems="center">
            <LinkButton to={path}>
              {isGone ? 'Create new task definition' : 'Create new revision'}
            </LinkButton>
          </SpaceBetween>
        )
      }
    >
      {isGone
        ? 'It was never registered here, or all of its revisions are deleted.'
        : WHAT_IS[status]}
    </EmptyState>
  );
}
