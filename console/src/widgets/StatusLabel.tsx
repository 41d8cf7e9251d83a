/** A status of ECS's or ELB's with its sign. One that is not known here is shown as it is. */
import type { ReactNode } from 'react';
import { Sign, type SignType } from './Sign';

const SIGNS: Record<string, SignType> = {
  ACTIVE: 'success',
  RUNNING: 'success',
  HEALTHY: 'success',
  COMPLETED: 'success',
  SUCCESSFUL: 'success',
  healthy: 'success',
  active: 'success',
  INACTIVE: 'stopped',
  STOPPED: 'stopped',
  UNKNOWN: 'pending',
  unused: 'stopped',
  UNHEALTHY: 'error',
  FAILED: 'error',
  ROLLBACK_FAILED: 'error',
  DEREGISTRATION_FAILED: 'error',
  REGISTRATION_FAILED: 'error',
  unhealthy: 'error',
  failed: 'error',
  DRAINING: 'in-progress',
  draining: 'in-progress',
  initial: 'in-progress',
  provisioning: 'in-progress',
  PENDING: 'pending',
  PROVISIONING: 'in-progress',
  ACTIVATING: 'in-progress',
  DEACTIVATING: 'in-progress',
  STOPPING: 'in-progress',
  DEPROVISIONING: 'in-progress',
  IN_PROGRESS: 'in-progress',
  STOP_REQUESTED: 'in-progress',
  ROLLBACK_REQUESTED: 'in-progress',
  ROLLBACK_IN_PROGRESS: 'in-progress',
  ROLLBACK_SUCCESSFUL: 'warning',
  DELETE_IN_PROGRESS: 'in-progress',
  REGISTERING: 'in-progress',
  DEREGISTERING: 'in-progress',
};

interface Props {
  status: string | undefined;
  children?: ReactNode;
}

export function StatusLabel({ status, children }: Props) {
  if (!status) return <>–</>;
  const type = SIGNS[status] ?? 'info';
  if (children) return <Sign type={type}>{children}</Sign>;
  return (
    <span className="word">
      <Sign type={type}>{status}</Sign>
    </span>
  );
}
