/** Whether a task of what is written would find a place, before it is asked for. */
import Alert from '@cloudscape-design/components/alert';
import type { ExplainPlacementRequest } from '../../aws/roadstead';
import { PlacementTable } from '../plan/PlacementTable';
import { useSettled } from '../useSettled';
import { usePlacement } from './queries';

interface Props {
  question: ExplainPlacementRequest;
  /** Not yet: what is written could not be asked. */
  isIncomplete: boolean;
}

export function PlacementHint({ question, isIncomplete }: Props) {
  const settled = useSettled(JSON.stringify(question));
  const asked = JSON.parse(settled) as ExplainPlacementRequest;
  const { data, error } = usePlacement(asked, !isIncomplete && asked.taskDefinition !== '');
  if (isIncomplete || !question.taskDefinition) return null;
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
