/** How a task is reached: its own interface (awsvpc), or ports of its container instance. */
import type { Attachment, Task } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { StatusLabel } from '../../../widgets/StatusLabel';
import { bindingText, detailsOf } from '../containerWords';

interface Props {
  task: Task;
  networkMode: string | undefined;
}

export function TaskNetwork({ task, networkMode }: Props) {
  const attachments = task.attachments ?? [];
  const bindings = (task.containers ?? []).flatMap(({ name = '', networkBindings = [] }) =>
    networkBindings.map((one) => `${name}: ${bindingText(one)}`),
  );
  return (
    <Container header={<Header variant="h2">Network</Header>}>
      <SpaceBetween size="m">
        <div>
          Network mode: <b>{networkMode ?? (attachments.length ? 'awsvpc' : 'not known')}</b>
        </div>
        {attachments.map((one) => (
          <OneAttachment key={one.id} attachment={one} />
        ))}
        {bindings.length > 0 && (
          <div>
            <Box variant="h3">Host ports</Box>
            <ul className="task-lines">
              {bindings.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </div>
        )}
        {!attachments.length && !bindings.length && (
          <Box color="text-body-secondary">No port of the container instance leads to it.</Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function OneAttachment({ attachment }: { attachment: Attachment }) {
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: 'Attachment', value: attachment.type ?? '–' },
        { label: 'Status', value: <AttachmentStatus status={attachment.status} /> },
        ...detailsOf(attachment),
      ]}
    />
  );
}

function AttachmentStatus({ status }: { status: string | undefined }) {
  return status === 'ATTACHED' ? (
    <StatusLabel status="ACTIVE">ATTACHED</StatusLabel>
  ) : (
    <StatusLabel status={status} />
  );
}
