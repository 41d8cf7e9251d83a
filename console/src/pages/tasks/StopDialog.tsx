/** Stops tasks, after what that means has been read. */
import type { Task } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { ConfirmDialog } from '../../widgets/ConfirmDialog';
import { PlanView } from '../../widgets/plan/PlanView';
import { useSettled } from '../../widgets/useSettled';

interface Props {
  cluster: string;
  tasks: readonly Task[];
  onDone?: () => void;
  onDismiss: () => void;
}

export function StopDialog({ cluster, tasks, onDone, onDismiss }: Props) {
  const [reason, setReason] = useState('');
  const [stopped] = useState(tasks); // one that stops by itself meanwhile is no reason to ask anew
  const ids = stopped.map(({ taskArn }) => nameOf(taskArn));
  const what = ids.length === 1 ? `task ${ids[0]}` : `${ids.length} tasks`;
  const given = reason.trim() ? { reason: reason.trim() } : {};
  return (
    <ConfirmDialog
      title={`Stop ${what}`}
      size="large"
      call={ids.map((task) => ecs.stopTask({ cluster, task, ...given }))}
      confirm="Stop"
      done={`${what[0]?.toUpperCase()}${what.slice(1)} will stop.`}
      onDone={onDone}
      onDismiss={onDismiss}
    >
      <Box>
        Containers get SIGTERM (or what their image asks for), and SIGKILL if they are still there
        after their stop timeout, 30 seconds unless the task definition says otherwise. A service
        replaces its tasks; a standalone task is not started again.
      </Box>
      <FormField
        label="Reason – optional"
        description="Is shown with the stopped task as its stopped reason."
      >
        <Input
          value={reason}
          onChange={({ detail }) => setReason(detail.value)}
          placeholder="Task stopped by user"
        />
      </FormField>
      <Plans cluster={cluster} ids={ids} reason={useSettled(reason.trim())} />
    </ConfirmDialog>
  );
}

interface PlansProps {
  cluster: string;
  ids: readonly string[];
  reason: string;
}

/** Each task has a plan of its own: one rehearses one stop. */
function Plans({ cluster, ids, reason }: PlansProps) {
  const request = (task: string) => ({ cluster, task, ...(reason ? { reason } : {}) });
  const [first] = ids;
  if (!first) return null;
  if (ids.length === 1) {
    return (
      <div>
        <Box variant="h3">What would happen</Box>
        <PlanView operation="StopTask" request={request(first)} />
      </div>
    );
  }
  return (
    <div>
      <Box variant="h3">What would happen, if it were each one alone</Box>
      {ids.map((id) => (
        <OnePlan key={id} id={id} request={request(id)} />
      ))}
    </div>
  );
}

/** Asked for when it is opened: a plan costs the server time. */
function OnePlan({ id, request }: { id: string; request: { cluster: string; task: string } }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      headerText={id}
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && <PlanView operation="StopTask" request={request} />}
    </ExpandableSection>
  );
}
