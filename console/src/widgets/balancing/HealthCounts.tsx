/** How many of a group's targets are in which state, as it changes. */
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTargetHealth } from '../../live/balancing';
import { StatusLabel } from '../StatusLabel';
import { countsByState } from './targetStates';

export function HealthCounts({ arn }: { arn: string }) {
  const { data, error } = useTargetHealth(arn);
  if (!data) return <>{error ? error.message : '…'}</>;
  if (!data.length) return <>no targets</>;
  return (
    <SpaceBetween direction="horizontal" size="s">
      {countsByState(data.map(({ TargetHealth }) => TargetHealth?.State)).map(
        ({ state, count }) => (
          <StatusLabel key={state} status={state}>
            {`${count} ${state}`}
          </StatusLabel>
        ),
      )}
    </SpaceBetween>
  );
}
