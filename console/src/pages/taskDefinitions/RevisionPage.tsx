/** A revision: what it says, who uses it, and what can be done with it. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { paths } from '../../app/paths';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';
import { type ActionId, neighbourOf } from './actions/choices';
import { RevisionActions } from './actions/RevisionActions';
import { RevisionDialog } from './actions/RevisionDialog';
import { type JsonObject, plain, registrable } from './document';
import { LinkButton } from './LinkButton';
import { type Described, useRevision } from './queries';
import { ContainerDetails } from './revision/ContainerDetails';
import { JsonView } from './revision/JsonView';
import { Overview } from './revision/Overview';
import { Requirements } from './revision/Requirements';
import { TagRows } from './revision/TagRows';
import { UsedBy } from './revision/UsedBy';
import { useRevisions } from './revisions';
import { useUsage } from './useUsage';
import './taskDefinitions.css';
import '../../widgets/verbatim.css';

export default function RevisionPage() {
  const { family = '', revision = '' } = useParams();
  const name = `${family}:${revision}`;
  const { data, error, refetch } = useRevision(name);
  return (
    <PageFrame
      title={name}
      above={[
        { text: 'Task definitions', to: paths.families() },
        { text: family, to: paths.family(family) },
      ]}
      actions={data && <Actions family={family} definition={data.definition} />}
    >
      {error && (
        <FailureAlert
          failure={error}
          title={`${name} cannot be shown`}
          onRetry={() => void refetch()}
        />
      )}
      {!data && !error && <Spinner size="large" />}
      {data && (
        <SpaceBetween size="l">
          <StatusNote definition={data.definition} />
          <Overview definition={data.definition} />
          <Parts family={family} name={name} described={data} />
        </SpaceBetween>
      )}
    </PageFrame>
  );
}

function Actions({ family, definition }: { family: string; definition: TaskDefinition }) {
  const usage = useUsage(family);
  const { items } = useRevisions(family);
  const [action, setAction] = useState<ActionId>();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <RevisionActions
        selected={[definition]}
        comparedWith={neighbourOf(definition, items)}
        onAsk={setAction}
      />
      <LinkButton to={paths.createRevision(family, definition.revision ?? 0)} variant="primary">
        Create new revision
      </LinkButton>
      {action && (
        <RevisionDialog
          action={action}
          selected={[definition]}
          all={items}
          usage={usage}
          onSelect={() => {}}
          onDismiss={() => setAction(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

function StatusNote({ definition }: { definition: TaskDefinition }) {
  if (definition.status === 'INACTIVE') {
    return (
      <Alert type="info" header="This revision is INACTIVE">
        Tasks and services that reference it continue to run without disruption, and its services
        can still scale. It cannot be used to run new tasks or create new services, and no service
        can be updated to reference it. Create a new revision of it to have the same again.
      </Alert>
    );
  }
  if (definition.status === 'DELETE_IN_PROGRESS') {
    return (
      <Alert type="warning" header="This revision is being deleted">
        It goes when the last task and service that use it are gone. There is no way back.
      </Alert>
    );
  }
  return null;
}

interface PartsProps {
  family: string;
  name: string;
  described: Described;
}

function Parts({ family, name, described: { definition, tags } }: PartsProps) {
  const [search, setSearch] = useSearchParams();
  const usage = useUsage(family);
  const containers = definition.containerDefinitions ?? [];
  const fileName = `${name.replace(':', '-')}.json`;
  return (
    <Tabs
      ariaLabel="Parts of the revision"
      activeTabId={search.get('tab') ?? 'containers'}
      onChange={({ detail }) => setSearch({ tab: detail.activeTabId }, { replace: true })}
      tabs={[
        {
          id: 'containers',
          label: `Containers (${containers.length})`,
          content: (
            <SpaceBetween size="l">
              {containers.map((container, at) => (
                <ContainerDetails key={container.name ?? at} container={container} />
              ))}
              <Requirements definition={definition} />
            </SpaceBetween>
          ),
        },
        {
          id: 'usage',
          label: 'Used by',
          content: <UsedBy arn={definition.taskDefinitionArn ?? ''} usage={usage} />,
        },
        {
          id: 'json',
          label: 'JSON',
          content: (
            <SpaceBetween size="l">
              <JsonView
                title="To register"
                description="What RegisterTaskDefinition takes: without the members that only ECS says."
                fileName={fileName}
                document={registrable(definition, tags)}
              />
              <JsonView
                title="As described"
                description="All that DescribeTaskDefinition answers."
                fileName={`described-${fileName}`}
                document={plain({ taskDefinition: definition, tags }) as JsonObject}
              />
            </SpaceBetween>
          ),
        },
        { id: 'tags', label: `Tags (${tags.length})`, content: <TagRows tags={tags} /> },
      ]}
    />
  );
}
