/** Attributes by which tasks are placed: custom ones can be added and deleted. */
import type { Attribute, ContainerInstance } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { ConfirmDialog } from '../../widgets/ConfirmDialog';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { isCapability, isReserved } from '../../widgets/instanceResources';
import { AttributeDialog } from './AttributeDialog';

const COLUMNS: readonly Column<Attribute>[] = [
  { id: 'name', header: 'Name', value: ({ name }) => name, cell: ({ name }) => name },
  { id: 'value', header: 'Value', value: ({ value }) => value, cell: ({ value }) => value ?? '–' },
  {
    id: 'kind',
    header: 'Set by',
    value: kindOf,
    cell: kindOf,
  },
];

const idOf = ({ name = '' }: Attribute) => name;

interface Props {
  cluster: string;
  instance: ContainerInstance;
}

export function Attributes({ cluster, instance }: Props) {
  const [withCapabilities, setWithCapabilities] = useState(false);
  const [chosen, setChosen] = useState<readonly Attribute[]>([]);
  const [dialog, setDialog] = useState<'add' | 'delete'>();
  const all = instance.attributes ?? [];
  const shown = all.filter(({ name = '' }) => withCapabilities || !isCapability(name));
  const selected = shown.filter((one) => chosen.some((other) => idOf(other) === idOf(one)));
  const hasReserved = selected.some((one) => isReserved(idOf(one)));
  const targetId = nameOf(instance.containerInstanceArn);
  const close = () => setDialog(undefined);
  return (
    <>
      <ItemTable
        title="Attributes"
        name="attribute"
        items={shown}
        columns={COLUMNS}
        idOf={idOf}
        selection={{ type: 'multi', selected, onSelect: setChosen }}
        description="Placement constraints and strategies can ask for them: attribute:stack == prod."
        filters={
          <Toggle
            checked={withCapabilities}
            onChange={({ detail }) => setWithCapabilities(detail.checked)}
          >
            Capabilities ({all.filter(({ name = '' }) => isCapability(name)).length})
          </Toggle>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              disabled={!selected.length || hasReserved}
              disabledReason="Choose attributes of your own: those of ECS and the agent cannot be deleted."
              onClick={() => setDialog('delete')}
            >
              Delete
            </Button>
            <Button onClick={() => setDialog('add')}>Add attribute</Button>
          </SpaceBetween>
        }
        empty={<EmptyState title="No attributes" />}
      />
      {dialog === 'add' && (
        <AttributeDialog cluster={cluster} targetId={targetId} onDismiss={close} />
      )}
      {dialog === 'delete' && selected.length > 0 && (
        <ConfirmDialog
          title={`Delete ${selected.map(idOf).join(', ')}?`}
          call={ecs.deleteAttributes({
            cluster,
            attributes: selected.map(({ name }) => ({
              name,
              targetId,
              targetType: 'container-instance',
            })),
          })}
          confirm="Delete"
          done="The attributes were deleted."
          onDismiss={close}
        >
          Tasks that run stay. New tasks are not placed by them any more; daemon services end where
          their constraints no longer hold.
        </ConfirmDialog>
      )}
    </>
  );
}

function kindOf({ name = '' }: Attribute): string {
  if (!isReserved(name)) return 'you';
  return isCapability(name) ? 'agent (capability)' : 'ECS and agent';
}
