/** The services of a cluster: how each stands, at a glance. */
import type { Service } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { hrefOf } from '../../app/links';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { useServices } from '../../live/collections';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { ItemTable } from '../../widgets/ItemTable';
import { DeleteServicesDialog } from './actions/DeleteServicesDialog';
import { deploymentState } from './deploymentState';
import { serviceColumns } from './serviceColumns';

const STANDINGS = [
  { value: '', label: 'All states' },
  { value: 'steady', label: 'Steady' },
  { value: 'moving', label: 'Not steady' },
  { value: 'failed', label: 'Failed' },
  { value: 'deleting', label: 'Being deleted' },
];
const STRATEGIES = [
  { value: '', label: 'REPLICA and DAEMON' },
  { value: 'REPLICA', label: 'REPLICA' },
  { value: 'DAEMON', label: 'DAEMON' },
];

export default function ServicesTab({ cluster }: { cluster: string }) {
  const { items, isLoading, listed, failure } = useServices(cluster);
  const [standing, setStanding] = useState('');
  const [strategy, setStrategy] = useState('');
  const [chosen, setChosen] = useState<readonly Service[]>([]);
  const [isDeleting, setDeleting] = useState(false);
  const columns = useMemo(() => serviceColumns(cluster), [cluster]);
  const shown = useMemo(
    () =>
      items.filter(
        (one) => isOf(one, standing) && (!strategy || one.schedulingStrategy === strategy),
      ),
    [items, standing, strategy],
  );
  const selected = items.filter((one) => chosen.some((old) => old.serviceArn === one.serviceArn));
  return (
    <>
      <ItemTable
        title="Services"
        items={shown}
        columns={columns}
        idOf={({ serviceArn = '' }) => serviceArn}
        isLoading={isLoading}
        listed={listed}
        failure={failure}
        selection={{ type: 'multi', selected, onSelect: setChosen }}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!selected.length} onClick={() => setDeleting(true)}>
              Delete
            </Button>
            <CreateButton cluster={cluster} variant="primary" />
          </SpaceBetween>
        }
        filters={
          <>
            <Choice label="State" options={STANDINGS} value={standing} onChange={setStanding} />
            <Choice
              label="Scheduling strategy"
              options={STRATEGIES}
              value={strategy}
              onChange={setStrategy}
            />
          </>
        }
        empty={<NoServices cluster={cluster} />}
      />
      {isDeleting && selected.length > 0 && (
        <DeleteServicesDialog
          cluster={cluster}
          services={selected}
          onDismiss={() => setDeleting(false)}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  options: readonly { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <Select
      ariaLabel={label}
      options={options}
      selectedOption={options.find((one) => one.value === value) ?? null}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  );
}

function CreateButton({ cluster, variant }: { cluster: string; variant: 'primary' | 'normal' }) {
  const navigate = useNavigate();
  const to = paths.createService(cluster);
  return (
    <Button
      variant={variant}
      href={hrefOf(to)}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      Create
    </Button>
  );
}

function NoServices({ cluster }: { cluster: string }) {
  const call = ecs.createService({
    cluster,
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
  });
  return (
    <EmptyState
      title="No services"
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <CreateButton cluster={cluster} variant="normal" />
          <CopyCommand call={call} />
        </SpaceBetween>
      }
    >
      A service keeps a number of tasks of a task definition running, replaces those that stop or
      become unhealthy, and rolls out new revisions.
    </EmptyState>
  );
}

function isOf(service: Service, wanted: string): boolean {
  if (!wanted) return true;
  const { standing } = deploymentState(service);
  if (wanted === 'moving') return standing !== 'steady' && standing !== 'deleting';
  return standing === wanted;
}
