/** The containers of a task: how each is, how it ended, and what it was made of. */
import type { Task, Container as TaskContainer } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useMemo } from 'react';
import { EmptyState } from '../../../widgets/EmptyState';
import { StatusLabel } from '../../../widgets/StatusLabel';
import { bindingText, exitText } from '../containerWords';
import { CONTAINER_SIGNS, lossOf } from '../orphans';

export function TaskContainers({ task }: { task: Task }) {
  const containers = task.containers ?? [];
  const loss = lossOf(task);
  const columns = useMemo(() => columnsOf(loss && CONTAINER_SIGNS[loss]), [loss]);
  return (
    <Container header={<Header variant="h2">Containers</Header>}>
      {containers.length ? (
        <Table
          variant="embedded"
          items={containers}
          columnDefinitions={columns}
          wrapLines
          ariaLabels={{ tableLabel: 'Containers' }}
        />
      ) : (
        <EmptyState title="No containers">ECS tells of none for this task.</EmptyState>
      )}
    </Container>
  );
}

/** `sign`: what the recorded status does not say of one whose end was not reported. */
const columnsOf = (sign = '') => [
  {
    id: 'container',
    header: 'Container',
    cell: ({ name }: TaskContainer) => name ?? '–',
    isRowHeader: true,
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ lastStatus, healthStatus, exitCode }: TaskContainer) => (
      <>
        <StatusLabel status={lastStatus} />
        {sign && exitCode === undefined && <div className="task-quiet">{sign}</div>}
        {healthStatus && healthStatus !== 'UNKNOWN' && (
          <div>
            <StatusLabel status={healthStatus} />
          </div>
        )}
      </>
    ),
  },
  {
    id: 'exit code',
    header: 'Exit code, reason',
    cell: (one: TaskContainer) => <span className="task-verbatim">{exitText(one)}</span>,
  },
  {
    id: 'image',
    header: 'Image, digest',
    cell: ({ image, imageDigest }: TaskContainer) => (
      <>
        <div className="task-verbatim">{image ?? '–'}</div>
        {imageDigest && <div className="task-verbatim task-quiet">{imageDigest}</div>}
      </>
    ),
  },
  {
    id: 'ports',
    header: 'Ports',
    cell: ({ networkBindings = [] }: TaskContainer) =>
      networkBindings.length
        ? networkBindings.map((one) => <div key={bindingText(one)}>{bindingText(one)}</div>)
        : '–',
  },
  {
    id: 'cpu',
    header: 'CPU, memory',
    cell: ({ cpu, memory, memoryReservation }: TaskContainer) => (
      <>
        <div className="word">{cpu ?? '–'} units</div>
        <div className="word">{memory ?? memoryReservation ?? '–'} MiB</div>
      </>
    ),
  },
  {
    id: 'runtime id',
    header: 'Runtime id',
    cell: ({ runtimeId }: TaskContainer) => (
      <span className="task-verbatim task-quiet">{runtimeId ?? '–'}</span>
    ),
  },
];
