/** The tasks of a cluster, those that stopped and why among them. */
import type { Task } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../app/paths';
import { useTasks } from '../../live/collections';
import { EmptyState } from '../../widgets/EmptyState';
import { ItemTable } from '../../widgets/ItemTable';
import { useAddressValue } from '../../widgets/useAddressValue';
import { StopDialog } from './StopDialog';
import { TASK_COLUMNS } from './taskColumns';
import {
  countsText,
  countTasks,
  type Shown,
  shownOf,
  shownTasks,
  stoppable,
  type TaskCounts,
} from './taskGroups';

const idOf = ({ taskArn = '' }: Task) => taskArn;

export default function TasksTab({ cluster }: { cluster: string }) {
  const { items, listed, isLoading, failure } = useTasks(cluster);
  const [status, setStatus] = useAddressValue('status', 'all');
  const [chosen, setChosen] = useState<readonly Task[]>([]);
  const [isStopping, setStopping] = useState(false);
  const shown = shownOf(status);
  const counts = useMemo(() => countTasks(items), [items]);
  const tasks = useMemo(() => shownTasks(items, shown), [items, shown]);
  const selected = useMemo(() => {
    const ids = new Set(chosen.map(idOf));
    return ids.size ? tasks.filter((task) => ids.has(idOf(task))) : [];
  }, [tasks, chosen]);
  const canStop = stoppable(selected).length > 0;
  const actions = useMemo(
    () => <Actions cluster={cluster} canStop={canStop} onStop={() => setStopping(true)} />,
    [cluster, canStop],
  );
  const filters = useMemo(
    () => <StatusFilter shown={shown} counts={counts} onChange={setStatus} />,
    [shown, counts, setStatus],
  );
  const empty = useMemo(() => <Nothing cluster={cluster} shown={shown} />, [cluster, shown]);
  return (
    <>
      <ItemTable
        title="Tasks"
        description={countsText(counts)}
        items={tasks}
        listed={shown === 'all' ? listed : undefined}
        columns={TASK_COLUMNS}
        idOf={idOf}
        reusesRows
        isLoading={isLoading}
        failure={failure}
        sortedBy="created"
        isDescending
        selection={{ type: 'multi', selected, onSelect: setChosen }}
        actions={actions}
        filters={filters}
        empty={empty}
      />
      {isStopping && (
        <StopDialog
          cluster={cluster}
          tasks={stoppable(selected)}
          onDone={() => setChosen([])}
          onDismiss={() => setStopping(false)}
        />
      )}
    </>
  );
}

interface ActionsProps {
  cluster: string;
  canStop: boolean;
  onStop: () => void;
}

function Actions({ cluster, canStop, onStop }: ActionsProps) {
  const navigate = useNavigate();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!canStop}
        disabledReason="Choose tasks that are not stopped or stopping."
        onClick={onStop}
      >
        Stop
      </Button>
      <Button variant="primary" onClick={() => void navigate(paths.runTask(cluster))}>
        Run new task
      </Button>
    </SpaceBetween>
  );
}

interface FilterProps {
  shown: Shown;
  counts: TaskCounts;
  onChange: (shown: string) => void;
}

const LABELS: Readonly<Record<Shown, string>> = {
  all: 'All',
  running: 'Running',
  pending: 'Pending',
  stopped: 'Stopped',
  failed: 'Failed',
};

function StatusFilter({ shown, counts, onChange }: FilterProps) {
  return (
    <SegmentedControl
      label="Which tasks"
      selectedId={shown}
      options={Object.entries(LABELS).map(([id, label]) => ({
        id,
        text: `${label} ${counts[id as Shown]}`,
      }))}
      onChange={({ detail }) => onChange(detail.selectedId)}
    />
  );
}

const NOTHING: Readonly<Record<Exclude<Shown, 'all'>, string>> = {
  running: 'Nothing runs in this cluster now.',
  pending: 'No task is on its way to run.',
  stopped: 'ECS tells of a stopped task for an hour, with the reason why it stopped.',
  failed: 'No task that ECS still tells of failed.',
};

function Nothing({ cluster, shown }: { cluster: string; shown: Shown }) {
  if (shown !== 'all') {
    return <EmptyState title={`No ${shown} tasks`}>{NOTHING[shown]}</EmptyState>;
  }
  return (
    <EmptyState title="No tasks">
      A task is a running copy of a task definition. A service keeps as many as are desired; one by
      itself is run here or by{' '}
      <code>aws ecs run-task --cluster {cluster} --task-definition FAMILY</code>
    </EmptyState>
  );
}
