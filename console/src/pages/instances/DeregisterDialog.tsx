/** Deregisters container instances, after what that means has been read. */
import type { ContainerInstance, DeregisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { useState } from 'react';
import { nameOf } from '../../aws/arns';
import type { PlannedRequest } from '../../aws/roadstead';
import { useTasks } from '../../live/collections';
import { ConfirmDialog } from '../../widgets/ConfirmDialog';
import { PlanView } from '../../widgets/plan/PlanView';
import { counted, machineOf } from '../../widgets/plan/planWords';
import { Sign } from '../../widgets/Sign';
import { deregisterCalls } from './calls';
import { DeregistrationMessage } from './DeregistrationMessage';
import { liveTasksOn } from './departed';
import { TerminateAdvice } from './TerminateAdvice';

interface Props {
  cluster: string;
  instances: readonly ContainerInstance[];
  onDone?: (answer: DeregisterContainerInstanceResponse) => void;
  onDismiss: () => void;
}

/** What has to be typed before tasks are given up. */
const WORD = 'force';

export function DeregisterDialog({ cluster, instances, onDone, onDismiss }: Props) {
  const [isForced, setForced] = useState(false);
  const ids = instances.map(({ containerInstanceArn }) => nameOf(containerInstanceArn));
  const { items } = useTasks(cluster);
  const tasks = liveTasksOn(items, instances).length;
  const what =
    ids.length === 1 ? `container instance ${ids[0]}` : `${ids.length} container instances`;
  return (
    <ConfirmDialog
      title={`Deregister ${what}`}
      size="large"
      call={deregisterCalls(cluster, ids, isForced)}
      confirm="Yes, Deregister"
      word={isForced ? WORD : undefined}
      done={`Deregistered ${what}.`}
      onDone={onDone}
      onDismiss={onDismiss}
    >
      <DeregistrationMessage tasks={tasks} areSeveral={ids.length > 1} />
      {(tasks > 0 || isForced) && (
        <Checkbox
          checked={isForced}
          onChange={({ detail }) => setForced(detail.checked)}
          description="Without force ECS refuses while any task on it is not STOPPED. Stop them first if the instance is to be used for something else: orphans go on consuming its resources."
        >
          Deregister by force: {counted(tasks, 'task becomes an orphan', 'tasks become orphans')}
        </Checkbox>
      )}
      <Plans cluster={cluster} instances={instances} isForced={isForced} />
      <TerminateAdvice instances={instances} />
      {tasks > 0 && !isForced && <Refusal tasks={tasks} areSeveral={ids.length > 1} />}
    </ConfirmDialog>
  );
}

/** Right above the button, which stays: what is known here may be older than what ECS knows. */
function Refusal({ tasks, areSeveral }: { tasks: number; areSeveral: boolean }) {
  const them = areSeveral ? 'them' : 'it';
  return (
    <Sign type="error">
      <b>As it is, ECS would refuse this</b>:{' '}
      {counted(tasks, `task on ${them} is not STOPPED`, `tasks on ${them} are not STOPPED`)}. Tick
      “Deregister by force” above, or cancel, drain {them} first, and deregister {them} when no task
      is left.
    </Sign>
  );
}

interface PlansProps {
  cluster: string;
  instances: readonly ContainerInstance[];
  isForced: boolean;
}

/** Each instance has a plan of its own: one rehearses one deregistration. */
function Plans({ cluster, instances, isForced }: PlansProps) {
  const request = (one: ContainerInstance) => ({
    cluster,
    containerInstance: nameOf(one.containerInstanceArn),
    ...(isForced ? { force: true } : {}),
  });
  const [first] = instances;
  if (!first) return null;
  if (instances.length === 1) {
    return (
      <div>
        <Box variant="h3">What would happen</Box>
        <PlanView operation="DeregisterContainerInstance" request={request(first)} />
      </div>
    );
  }
  return (
    <div>
      <Box variant="h3">What would happen, if it were each one alone</Box>
      {instances.map((one) => (
        <OnePlan key={one.containerInstanceArn} name={machineOf(one)} request={request(one)} />
      ))}
    </div>
  );
}

/** Asked for when it is opened: a plan costs the server time. */
function OnePlan({ name, request }: { name: string; request: PlannedRequest }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      headerText={name}
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && <PlanView operation="DeregisterContainerInstance" request={request} />}
    </ExpandableSection>
  );
}
