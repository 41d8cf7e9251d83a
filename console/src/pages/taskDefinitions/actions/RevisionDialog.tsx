/** The dialog of the action that was chosen. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { useState } from 'react';
import { paths } from '../../../app/paths';
import { shortName } from '../summary';
import type { UsageOfFamily } from '../useUsage';
import { ChooseClusterDialog } from './ChooseClusterDialog';
import type { ActionId } from './choices';
import { DeleteDialog } from './DeleteDialog';
import { DeregisterDialog } from './DeregisterDialog';
import { UpdateServiceDialog } from './UpdateServiceDialog';

export interface DialogProps {
  /** The revisions it is about, as they were selected. */
  selected: readonly TaskDefinition[];
  /** All revisions of the family. */
  all: readonly TaskDefinition[];
  usage: UsageOfFamily;
  /** Selects those that are left: what failed stays selected. */
  onSelect: (arns: readonly string[]) => void;
  onDismiss: () => void;
}

export function RevisionDialog({ action, ...props }: DialogProps & { action: ActionId }) {
  const [first] = useState(props.selected[0]);
  const name = first ? shortName(first) : '';
  switch (action) {
    case 'deregister':
      return <DeregisterDialog {...props} />;
    case 'delete':
      return <DeleteDialog {...props} />;
    case 'run-task':
      return (
        <ChooseClusterDialog
          title={`Run task: ${name}`}
          pathIn={(cluster) => paths.runTask(cluster, name)}
          onDismiss={props.onDismiss}
        />
      );
    case 'create-service':
      return (
        <ChooseClusterDialog
          title={`Create service: ${name}`}
          pathIn={(cluster) => paths.createService(cluster, name)}
          onDismiss={props.onDismiss}
        />
      );
    case 'update-service':
      return <UpdateServiceDialog name={name} onDismiss={props.onDismiss} />;
    default:
      return null;
  }
}
