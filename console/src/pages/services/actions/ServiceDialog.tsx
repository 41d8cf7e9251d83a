/** The dialog of an action on a service. */
import type { Service } from '@aws-sdk/client-ecs';
import { DeleteServicesDialog } from './DeleteServicesDialog';
import { ForceDeploymentDialog } from './ForceDeploymentDialog';
import { RollBackDialog } from './RollBackDialog';
import { ScaleDialog } from './ScaleDialog';
import { StopDeploymentDialog } from './StopDeploymentDialog';

export type ServiceAction = 'scale' | 'force' | 'roll-back' | 'stop' | 'delete';

export interface DialogProps {
  cluster: string;
  service: Service;
  onDismiss: () => void;
}

export function ServiceDialog({ action, ...props }: DialogProps & { action: ServiceAction }) {
  if (action === 'scale') return <ScaleDialog {...props} />;
  if (action === 'force') return <ForceDeploymentDialog {...props} />;
  if (action === 'roll-back') return <RollBackDialog {...props} />;
  if (action === 'stop') return <StopDeploymentDialog {...props} />;
  const { cluster, service, onDismiss } = props;
  return <DeleteServicesDialog cluster={cluster} services={[service]} onDismiss={onDismiss} />;
}
