/** What can be done with a service, at the top of its page. */
import type { Service } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { hrefOf } from '../../app/links';
import { paths } from '../../app/paths';
import type { ServiceAction } from './actions/ServiceDialog';

interface Props {
  cluster: string;
  service: Service;
  onAction: (action: ServiceAction) => void;
}

export function ServiceActions({ cluster, service, onAction }: Props) {
  const navigate = useNavigate();
  const isActive = service.status === 'ACTIVE';
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  const isDeploying = Boolean(service.currentServiceDeployment);
  const update = paths.updateService(cluster, service.serviceName ?? '');
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!isActive || isDaemon}
        disabledReason={
          isDaemon ? 'A DAEMON service has one task on each of its instances.' : 'It is not ACTIVE.'
        }
        onClick={() => onAction('scale')}
      >
        Scale
      </Button>
      <Button
        disabled={!isActive}
        href={isActive ? hrefOf(update) : undefined}
        onFollow={(event) => {
          event.preventDefault();
          void navigate(update);
        }}
      >
        Update service
      </Button>
      <ButtonDropdown
        disabled={!isActive}
        onItemClick={({ detail }) => onAction(detail.id as ServiceAction)}
        items={[
          { id: 'force', text: 'Force new deployment' },
          { id: 'roll-back', text: 'Roll back' },
          {
            id: 'stop',
            text: 'Stop deployment',
            disabled: !isDeploying,
            disabledReason: 'No deployment is under way.',
          },
          { id: 'delete', text: 'Delete service' },
        ]}
      >
        Actions
      </ButtonDropdown>
    </SpaceBetween>
  );
}
