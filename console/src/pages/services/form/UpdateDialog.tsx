/** What an update sends and what would then happen, before it is sent. */
import type { Service, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { useNavigate } from 'react-router';
import { paths } from '../../../app/paths';
import * as ecs from '../../../aws/ecs';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { PlanView } from '../../../widgets/plan/PlanView';
import { plannedOf } from './updateForm';

interface Props {
  cluster: string;
  service: Service;
  changes: Omit<UpdateServiceCommandInput, 'cluster' | 'service'>;
  onDismiss: () => void;
}

export function UpdateDialog({ cluster, service, changes, onDismiss }: Props) {
  const name = service.serviceName ?? '';
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      title={`Update ${name}`}
      call={ecs.updateService({ cluster, service: name, ...changes })}
      confirm="Update"
      done={`${name} is being updated.`}
      size="large"
      onDone={() => void navigate(paths.service(cluster, name, 'deployments'))}
      onDismiss={onDismiss}
    >
      <ul className="plain-list">
        {Object.entries(changes).map(([member, value]) => (
          <li key={member}>
            <b>{member}</b>: {typeof value === 'object' ? JSON.stringify(value) : String(value)}
          </li>
        ))}
      </ul>
      <PlanView operation="UpdateService" request={plannedOf(cluster, name, changes)} />
    </ConfirmDialog>
  );
}
