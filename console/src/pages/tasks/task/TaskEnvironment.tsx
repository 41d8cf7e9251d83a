/** The environment of the containers, and what the task overrides of its definition. */
import type { Task, TaskDefinition } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Failure } from '../../../aws/failures';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { MaskedValue } from '../../../widgets/MaskedValue';
import { Rows } from '../../../widgets/Rows';
import { type ContainerEnvironment, environmentsOf, overrideRows } from '../environment';

interface Props {
  task: Task;
  definition: TaskDefinition | undefined;
  failure: Failure | null;
}

export function TaskEnvironment({ task, definition, failure }: Props) {
  const overridden = overrideRows(task);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="From the task definition and the task's overrides. ECS adds AWS_… and ECS_… variables of its own."
        >
          Environment and overrides
        </Header>
      }
    >
      <SpaceBetween size="l">
        {failure && !definition && (
          <FailureAlert failure={failure} title="The task definition could not be loaded" />
        )}
        {environmentsOf(definition, task).map((one) => (
          <Environment key={one.container} environment={one} />
        ))}
        {overridden.length ? (
          <Rows
            title="Overrides"
            items={overridden}
            columns={[
              { header: 'Of', cell: ({ of }) => of },
              { header: 'Member', cell: ({ member }) => member },
              { header: 'Value', cell: ({ value }) => <Box variant="code">{value}</Box> },
            ]}
          />
        ) : (
          <Box color="text-body-secondary">No other member of the definition is overridden.</Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Environment({ environment }: { environment: ContainerEnvironment }) {
  const { container, variables, files, secrets } = environment;
  if (!variables.length && !files.length && !secrets.length) {
    return <div>{container} is given no variables.</div>;
  }
  return (
    <>
      <Rows
        title={`Variables of ${container}`}
        items={variables}
        columns={[
          { header: 'Name', cell: ({ name }) => name },
          { header: 'Value', cell: ({ name, value }) => <MaskedValue name={name} value={value} /> },
          { header: 'From', cell: ({ from }) => from },
        ]}
      />
      <Rows
        title={`Secrets of ${container}`}
        items={secrets}
        columns={[
          { header: 'Name', cell: ({ name }) => name ?? '–' },
          {
            header: 'Value from',
            cell: ({ valueFrom }) => <span className="task-verbatim">{valueFrom ?? '–'}</span>,
          },
        ]}
      />
      <Rows
        title={`Files of variables of ${container}`}
        items={files}
        columns={[
          { header: 'File', cell: (file) => <span className="task-verbatim">{file}</span> },
        ]}
      />
    </>
  );
}
