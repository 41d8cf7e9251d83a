/** The deployment under way, seen as it goes; then those that were. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Sign } from '../../widgets/Sign';
import type { ServiceAction } from './actions/ServiceDialog';
import { CurrentDeployment } from './CurrentDeployment';
import { DeploymentHistory } from './DeploymentHistory';
import { deploymentState } from './deploymentState';
import { LastDeployment } from './LastDeployment';
import { useDeployments } from './queries';
import { RolloutPicture } from './RolloutPicture';
import { isUnderWay } from './serviceDeployments';

interface Props {
  cluster: string;
  service: Service;
  tasks: readonly Task[];
  onAction: (action: ServiceAction) => void;
}

export function DeploymentsTab({ cluster, service, tasks, onAction }: Props) {
  const asked = useDeployments(cluster, service);
  const current = asked.data?.deployments.find(({ status }) => isUnderWay(status));
  const state = deploymentState(service);
  return (
    <>
      <LastDeployment service={service} tasks={tasks} asked={asked.data} />
      <SpaceBetween size="l">
        <Container
          header={
            <Header
              variant="h2"
              description={<Sign type={state.sign}>{state.words}</Sign>}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button disabled={!current} onClick={() => onAction('stop')}>
                    Stop deployment
                  </Button>
                  <Button onClick={() => onAction('roll-back')}>Roll back</Button>
                  <Button onClick={() => onAction('force')}>Force new deployment</Button>
                </SpaceBetween>
              }
            >
              {current ? 'Deployment under way' : 'Tasks by revision'}
            </Header>
          }
        >
          <SpaceBetween size="l">
            {current && asked.data && (
              <CurrentDeployment deployment={current} revisions={asked.data.revisions} />
            )}
            <RolloutPicture cluster={cluster} service={service} tasks={tasks} />
          </SpaceBetween>
        </Container>
        <DeploymentHistory asked={asked} />
      </SpaceBetween>
    </>
  );
}
