/** Where a container's output is. */
import type { Task } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { mayRunOn } from '../orphans';

export function TaskLogs({ task }: { task: Task }) {
  const runsOn = mayRunOn(task);
  const containers = (task.containers ?? []).filter(({ runtimeId }) => runtimeId);
  return (
    <Container header={<Header variant="h2">Logs, shell and metrics</Header>}>
      <SpaceBetween size="s">
        <div>
          The console does not show them yet. On the machine, what containers print is in
          Roadstead's data directory, in the folder of the EC2 instance:
        </div>
        {containers.map(({ name, runtimeId, lastStatus }) => (
          <div key={runtimeId} className="task-verbatim">
            {name}:{' '}
            <Box variant="code">
              {lastStatus === 'STOPPED' && !runsOn
                ? `instances/<EC2 instance>/data/ended/${runtimeId}.log`
                : `instances/<EC2 instance>/data/containers/${runtimeId}/log`}
            </Box>
          </div>
        ))}
        {!containers.length && <div>No container of this task was created, so there is none.</div>}
      </SpaceBetween>
    </Container>
  );
}
