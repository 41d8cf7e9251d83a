/** What a service deployment tells: is it under way, where does its traffic go, in which stage is it. */
import type { DeploymentLifecycleHookDetail, ServiceDeployment } from '@aws-sdk/client-ecs';

const UNDER_WAY = new Set([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]);

export function isUnderWay(status: string | undefined): boolean {
  return UNDER_WAY.has(status ?? '');
}

/** Given up, taken back, or failed; one that a newer one took the place of has no reason. */
export function endedBadly({ status, statusReason }: ServiceDeployment): boolean {
  if (status === 'STOPPED') return Boolean(statusReason);
  return status === 'ROLLBACK_SUCCESSFUL' || status === 'ROLLBACK_FAILED';
}

export interface Shift {
  /** Percent of the production traffic that the new revision has; undefined: nothing is shifted. */
  readonly production: number | undefined;
  readonly test: number | undefined;
}

export function shiftOf({ targetServiceRevision }: ServiceDeployment): Shift {
  return {
    production: targetServiceRevision?.requestedProductionTrafficWeight,
    test: targetServiceRevision?.requestedTestTrafficWeight,
  };
}

export function strategyOf({ deploymentConfiguration }: ServiceDeployment): string {
  return deploymentConfiguration?.strategy ?? 'ROLLING';
}

export interface Stage {
  readonly name: string;
  readonly state: 'done' | 'now' | 'to come';
}

const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
];

/** The stages it passes; none for a rolling deployment, which has none. A new one is put last. */
export function stagesOf(deployment: ServiceDeployment): Stage[] {
  const { lifecycleStage, status } = deployment;
  if (strategyOf(deployment) === 'ROLLING' && !lifecycleStage) return [];
  const isDone = status === 'SUCCESSFUL';
  const names: string[] = [...STAGES];
  if (lifecycleStage && !names.includes(lifecycleStage)) names.push(lifecycleStage);
  if (lifecycleStage !== 'RECONCILE_SERVICE') names.shift();
  const now = lifecycleStage ? names.indexOf(lifecycleStage) : -1;
  return names.map((name, index) => ({
    name,
    state: isDone || index < now ? 'done' : index === now ? 'now' : 'to come',
  }));
}

/** The hooks whose deployment waits for somebody's word. */
export function hooksWaiting(deployment: ServiceDeployment): DeploymentLifecycleHookDetail[] {
  if (!isUnderWay(deployment.status)) return [];
  return (deployment.lifecycleHookDetails ?? []).filter(
    ({ status }) => status === 'AWAITING_ACTION',
  );
}

/** `1 of 3 failures` while the circuit breaker looks on; what it did; undefined when it is off. */
export function breakerWords({ deploymentCircuitBreaker }: ServiceDeployment): string | undefined {
  const { status, failureCount = 0, threshold } = deploymentCircuitBreaker ?? {};
  if (!status || status === 'DISABLED') return undefined;
  const count = threshold === undefined ? `${failureCount}` : `${failureCount} of ${threshold}`;
  return `${status}, ${count} failures`;
}
