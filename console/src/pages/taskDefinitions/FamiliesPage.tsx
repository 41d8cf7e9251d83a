/** Families of task definitions: those with an ACTIVE revision, and those without. */
import Box from '@cloudscape-design/components/box';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useSearchParams } from 'react-router';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { AppLink } from '../../widgets/AppLink';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import { LatestImages, LatestRegistered, LatestRevision, LatestSize } from './LatestCells';
import { LinkButton } from './LinkButton';
import { type FamilyStatus, useFamilies } from './queries';

export default function FamiliesPage() {
  const [search, setSearch] = useSearchParams();
  const status: FamilyStatus = search.get('status') === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE';
  const lists = { ACTIVE: useFamilies('ACTIVE'), INACTIVE: useFamilies('INACTIVE') };
  const { data = [], isPending, error, refetch } = lists[status];
  const option = (id: FamilyStatus) => ({
    id,
    text: lists[id].data ? `${id} (${lists[id].data.length})` : id,
  });
  return (
    <PageFrame
      title="Task definitions"
      description="A task definition describes the containers of a task. A family holds its revisions."
      actions={
        <LinkButton to={paths.createFamily()} variant="primary">
          Create new task definition
        </LinkButton>
      }
    >
      <ItemTable
        key={status}
        title="Families"
        items={data}
        columns={columnsOf(status)}
        idOf={(family) => family}
        isLoading={isPending}
        failure={error ?? undefined}
        onRetry={() => void refetch()}
        filters={
          <SegmentedControl
            label="Status of the families"
            selectedId={status}
            options={[option('ACTIVE'), option('INACTIVE')]}
            onChange={({ detail }) =>
              setSearch((before) => {
                if (detail.selectedId === 'INACTIVE') before.set('status', 'INACTIVE');
                else before.delete('status');
                return before;
              })
            }
          />
        }
        empty={status === 'ACTIVE' ? <NoActiveFamily /> : <NoInactiveFamily />}
      />
    </PageFrame>
  );
}

function columnsOf(status: FamilyStatus): Column<string>[] {
  return [
    {
      id: 'family',
      header: 'Task definition',
      value: (family) => family,
      cell: (family) => (
        <AppLink to={paths.family(family) + (status === 'INACTIVE' ? '?status=INACTIVE' : '')}>
          {family}
        </AppLink>
      ),
    },
    {
      id: 'latest',
      header: status === 'ACTIVE' ? 'Latest ACTIVE revision' : 'Latest revision',
      cell: (family) => <LatestRevision family={family} status={status} />,
    },
    {
      id: 'images',
      header: 'Images',
      cell: (family) => <LatestImages family={family} status={status} />,
    },
    {
      id: 'size',
      header: 'Size',
      cell: (family) => <LatestSize family={family} status={status} />,
    },
    {
      id: 'registered',
      header: 'Created',
      cell: (family) => <LatestRegistered family={family} status={status} />,
    },
  ];
}

const EXAMPLE = ecs.registerTaskDefinition({
  family: 'web',
  containerDefinitions: [{ name: 'web', image: 'demo/web:latest', memory: 64 }],
});

function NoActiveFamily() {
  return (
    <EmptyState
      title="No ACTIVE task definitions"
      action={
        <Box>
          <LinkButton to={paths.createFamily()}>Create new task definition</LinkButton>{' '}
          <CopyCommand call={EXAMPLE} />
        </Box>
      }
    >
      A task definition says which images a task runs, with how much CPU and memory, which ports and
      which environment. Tasks and services are made of one.
    </EmptyState>
  );
}

function NoInactiveFamily() {
  return (
    <EmptyState title="No INACTIVE task definitions">
      When all revisions of a family are deregistered, the family is moved to this list. Adding a
      new revision moves it back to the ACTIVE list.
    </EmptyState>
  );
}
