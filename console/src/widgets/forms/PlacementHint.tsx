/** Whether a task of what is written would find a place, before it is asked for. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import type { ExplainPlacementRequest } from '../../aws/roadstead';
import { PlacementTable } from '../plan/PlacementTable';
import { useSettled } from '../useSettled';
import { canBeAsked } from './launch';
import { usePlacement } from './queries';

interface Props {
  question: ExplainPlacementRequest;
  definition: TaskDefinition | undefined;
  /** What is wrong with the rules: then nothing is asked. */
  problem?: string;
}

export function PlacementHint({ question, definition, problem }: Props) {
  const isAsked = !problem && canBeAsked(question, definition);
  const settled = useSettled(JSON.stringify(question));
  const asked = JSON.parse(settled) as ExplainPlacementRequest;
  const { data, error } = usePlacement(asked, isAsked && asked.taskDefinition !== '');
  if (!isAsked) return null;
  if (error) return <Alert type="info">Placement could not be asked: {error.message}</Alert>;
  if (!data) return null;
  const { able = 0, registered = 0 } = data;
  if (!able && registered) {
    return <PlacementTable title={question.taskDefinition} placement={data} />;
  }
  return (
    <Alert type={able ? 'info' : 'warning'}>
      {data.message ?? `${able} of ${registered} container instances can take a task.`}
    </Alert>
  );
}
