/** Drains container instances, or lets them take tasks again. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import { nameOf } from '../../aws/arns';
import { ConfirmDialog } from '../../widgets/ConfirmDialog';
import { PlanView } from '../../widgets/plan/PlanView';
import { stateCalls, UPDATED_MAX } from './calls';

interface Props {
  cluster: string;
  instances: readonly ContainerInstance[];
  status: 'DRAINING' | 'ACTIVE';
  onDone?: () => void;
  onDismiss: () => void;
}

const TEXTS = {
  DRAINING: {
    verb: 'Drain',
    done: 'is draining',
    text: 'No new tasks are placed on it. Tasks of services are replaced on other instances, as their minimum and maximum healthy percent allow. Standalone tasks stay until they end or somebody stops them. It stays DRAINING until it is set ACTIVE again.',
  },
  ACTIVE: {
    verb: 'Activate',
    done: 'is ACTIVE',
    text: 'It takes new tasks again. Tasks that have moved away do not come back by themselves.',
  },
};

export function StateDialog({ cluster, instances, status, onDone, onDismiss }: Props) {
  const { verb, done, text } = TEXTS[status];
  const ids = instances.map(({ containerInstanceArn }) => nameOf(containerInstanceArn));
  const planned = ids.slice(0, UPDATED_MAX);
  const what =
    ids.length === 1 ? `container instance ${ids[0]}` : `${ids.length} container instances`;
  return (
    <ConfirmDialog
      title={`${verb} ${what}`}
      size="large"
      call={stateCalls(cluster, ids, status)}
      confirm={verb}
      done={`${what.charAt(0).toUpperCase()}${what.slice(1)} ${ids.length === 1 ? done : done.replace('is', 'are')}.`}
      onDone={onDone}
      onDismiss={onDismiss}
    >
      <Box>{text}</Box>
      <div>
        <Box variant="h3">
          {planned.length < ids.length
            ? `What would happen with the first ${planned.length} of ${ids.length}`
            : 'What would happen'}
        </Box>
        <PlanView
          operation="UpdateContainerInstancesState"
          request={{ cluster, containerInstances: planned, status }}
        />
      </div>
    </ConfirmDialog>
  );
}
