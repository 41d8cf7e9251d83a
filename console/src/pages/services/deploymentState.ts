/** How a service's deployment stands, in words: steady, rolling to web:7 60 %, failed … */
import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import type { SignType } from '../../widgets/Sign';

export type Standing =
  | 'steady'
  | 'rolling'
  | 'rolling back'
  | 'scaling'
  | 'failed'
  | 'deleting'
  | 'task sets'
  | 'unknown';

export interface DeploymentState {
  readonly standing: Standing;
  readonly sign: SignType;
  readonly words: string;
}

export function deploymentState(service: Service): DeploymentState {
  const { status, deployments = [], taskSets = [] } = service;
  if (status === 'DRAINING') return of('deleting', 'in-progress', deletingWords(service));
  if (status === 'INACTIVE') return of('deleting', 'stopped', 'deleted');
  const primary = primaryOf(service);
  if (!primary) {
    if (taskSets.length) return of('task sets', 'info', counted(taskSets.length, 'task set'));
    return of('unknown', 'info', 'no deployment');
  }
  const name = nameOf(primary.taskDefinition);
  if (primary.rolloutState === 'FAILED') return of('failed', 'error', `${name} failed`);
  if (primary.rolloutState === 'IN_PROGRESS') {
    // Before a staged deployment scales up, it wants no tasks yet: its share is of those to come.
    const desiredCount = primary.desiredCount || service.desiredCount;
    return moving({ ...primary, desiredCount }, deployments.length > 1);
  }
  return settled(service);
}

/** The newest deployment. */
export function primaryOf({ deployments = [] }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

export function isRollingBack({ rolloutState, rolloutStateReason = '' }: Deployment): boolean {
  return rolloutState === 'IN_PROGRESS' && /rolling back/i.test(rolloutStateReason);
}

/** Percent of the deployment's wanted tasks that are RUNNING. */
export function percentOf({ runningCount = 0, desiredCount = 0 }: Deployment): number {
  if (!desiredCount) return 100;
  return Math.min(100, Math.floor((100 * runningCount) / desiredCount));
}

function moving(primary: Deployment, hasOthers: boolean): DeploymentState {
  const name = nameOf(primary.taskDefinition);
  const failures = primary.failedTasks ?? 0;
  const failed = failures ? `, ${counted(failures, 'task')} failed` : '';
  const sign = failures ? 'warning' : 'in-progress';
  const share = `${percentOf(primary)} % RUNNING${failed}`;
  if (isRollingBack(primary))
    return of('rolling back', 'warning', `rolling back to ${name}, ${share}`);
  return of('rolling', sign, `${hasOthers ? 'rolling to' : 'starting'} ${name}, ${share}`);
}

function settled({
  desiredCount = 0,
  runningCount = 0,
  pendingCount = 0,
}: Service): DeploymentState {
  const missing = desiredCount - runningCount;
  if (missing > 0) return of('scaling', 'in-progress', `${counted(missing, 'task')} to start`);
  if (missing < 0) return of('scaling', 'in-progress', `${counted(-missing, 'task')} to stop`);
  if (pendingCount) return of('scaling', 'in-progress', `${counted(pendingCount, 'task')} pending`);
  return of('steady', 'success', 'steady');
}

function deletingWords({ runningCount = 0, pendingCount = 0 }: Service): string {
  return `deleting, ${counted(runningCount + pendingCount, 'task')} left`;
}

function of(standing: Standing, sign: SignType, words: string): DeploymentState {
  return { standing, sign, words };
}

export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
