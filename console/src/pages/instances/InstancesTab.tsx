/** The container instances of a cluster. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import { useContainerInstances } from '../../live/collections';
import { EmptyState } from '../../widgets/EmptyState';
import { ItemTable } from '../../widgets/ItemTable';
import { useAddressValue } from '../../widgets/useAddressValue';
import { DeregisterDialog } from './DeregisterDialog';
import { InstanceById } from './InstanceById';
import { INSTANCE_COLUMNS } from './instanceColumns';
import { StateDialog } from './StateDialog';

const STATUSES = ['ACTIVE', 'DRAINING', 'REGISTERING', 'DEREGISTERING', 'REGISTRATION_FAILED'];
const OPTIONS = [
  { value: '', label: 'Any status' },
  ...STATUSES.map((value) => ({ value, label: value })),
];

const idOf = ({ containerInstanceArn = '' }: ContainerInstance) => containerInstanceArn;

type Dialog = 'deregister' | 'DRAINING' | 'ACTIVE';

export default function InstancesTab({ cluster }: { cluster: string }) {
  const { items, listed, isLoading, failure } = useContainerInstances(cluster);
  const [status, setStatus] = useAddressValue('status');
  const [chosen, setChosen] = useState<readonly ContainerInstance[]>([]);
  const [dialog, setDialog] = useState<Dialog>();
  const navigate = useNavigate();
  const shown = useMemo(
    () => (status ? items.filter((one) => one.status === status) : items),
    [items, status],
  );
  const ids = new Set(chosen.map(idOf));
  const selected = shown.filter((one) => ids.has(idOf(one)));
  const close = () => setDialog(undefined);
  const onDeregistered = () => {
    const [only, second] = selected;
    if (only && !second) void navigate(paths.instance(cluster, nameOf(idOf(only))));
  };
  return (
    <SpaceBetween size="s">
      <ItemTable
        title="ECS Instances"
        items={shown}
        listed={status ? undefined : listed}
        columns={INSTANCE_COLUMNS}
        idOf={idOf}
        isLoading={isLoading}
        failure={failure}
        selection={{ type: 'multi', selected, onSelect: setChosen }}
        filters={
          <Select
            ariaLabel="Status"
            selectedOption={OPTIONS.find(({ value }) => value === status) ?? null}
            options={OPTIONS}
            onChange={({ detail }) => setStatus(detail.selectedOption.value ?? '')}
          />
        }
        actions={<Actions selected={selected} onChoose={setDialog} />}
        empty={
          <EmptyState title={status ? `No instance is ${status}` : 'No container instances'}>
            {!status && (
              <>
                An EC2 instance whose ECS agent has registered it here. On the command line:{' '}
                <code>roadstead instance add --cluster {cluster}</code>
              </>
            )}
          </EmptyState>
        }
      />
      <InstanceById cluster={cluster} />
      {dialog === 'deregister' && selected.length > 0 && (
        <DeregisterDialog
          cluster={cluster}
          instances={selected}
          onDone={onDeregistered}
          onDismiss={close}
        />
      )}
      {dialog && dialog !== 'deregister' && selected.length > 0 && (
        <StateDialog cluster={cluster} instances={selected} status={dialog} onDismiss={close} />
      )}
    </SpaceBetween>
  );
}

interface ActionsProps {
  selected: readonly ContainerInstance[];
  onChoose: (dialog: Dialog) => void;
}

function Actions({ selected, onChoose }: ActionsProps) {
  const has = (status: string) => selected.some((one) => one.status === status);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!has('ACTIVE')} onClick={() => onChoose('DRAINING')}>
        Drain
      </Button>
      <Button disabled={!has('DRAINING')} onClick={() => onChoose('ACTIVE')}>
        Activate
      </Button>
      <Button disabled={!selected.length} onClick={() => onChoose('deregister')}>
        Deregister
      </Button>
    </SpaceBetween>
  );
}
