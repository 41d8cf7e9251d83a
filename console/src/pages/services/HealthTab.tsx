/** How the service is: counts against what is wanted, and what holds it up. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import type { ExplainedService } from '../../aws/roadstead';
import { FailureAlert } from '../../widgets/FailureAlert';
import { When } from '../../widgets/When';
import { LastDeployment } from './LastDeployment';
import { useDeployments, useExplanation } from './queries';
import { RolloutPicture } from './RolloutPicture';
import { WhyNotSteady } from './WhyNotSteady';

interface Props {
  cluster: string;
  service: Service;
  tasks: readonly Task[];
}

export function HealthTab({ cluster, service, tasks }: Props) {
  const { data, error, refetch } = useExplanation(cluster, service.serviceName ?? '');
  const { data: deployments } = useDeployments(cluster, service);
  return (
    <>
      <LastDeployment service={service} tasks={tasks} asked={deployments} />
      <SpaceBetween size="l">
        {error && (
          <FailureAlert
            failure={error}
            title="The service could not be explained"
            onRetry={() => void refetch()}
          />
        )}
        {data && <WhyNotSteady explained={data} />}
        {data && <Counts explained={data} />}
        {!data && !error && <Spinner />}
        <Container header={<Header variant="h2">Tasks now</Header>}>
          <RolloutPicture cluster={cluster} service={service} tasks={tasks} />
        </Container>
      </SpaceBetween>
    </>
  );
}

function Counts({ explained }: { explained: ExplainedService }) {
  const { desiredCount = 0, healthyCount = 0, minimumHealthy } = explained;
  const isLow = minimumHealthy !== undefined && healthyCount < minimumHealthy;
  return (
    <Container header={<Header variant="h2">Health</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Desired', value: number(desiredCount) },
          { label: 'Running', value: number(explained.runningCount) },
          { label: 'Pending', value: number(explained.pendingCount) },
          { label: 'Stopping or draining', value: number(explained.stoppingCount) },
          {
            label: 'Healthy',
            value: isLow ? `${healthyCount}, below the minimum` : number(healthyCount),
          },
          { label: 'Minimum healthy', value: number(minimumHealthy) },
          { label: 'Maximum in all', value: number(explained.maximumTotal) },
          {
            label: 'Steady since',
            value: explained.isSteady ? <When at={explained.steadyAt} /> : 'not steady',
          },
        ]}
      />
    </Container>
  );
}

function number(value: number | undefined): string {
  return value === undefined ? '–' : String(value);
}
