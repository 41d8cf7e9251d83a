/** A deployment configuration as a form has it, and as it is sent. */
import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStage,
  DeploymentStrategy,
} from '@aws-sdk/client-ecs';

export interface DeploymentForm {
  readonly strategy: DeploymentStrategy;
  readonly minimum: string;
  readonly maximum: string;
  readonly hasBreaker: boolean;
  readonly hasRollback: boolean;
  readonly bakeMinutes: string;
  /** Percent of a step (LINEAR) or of the first one (CANARY). */
  readonly shiftPercent: string;
  readonly shiftMinutes: string;
  /** Stages at which it waits for somebody's word. */
  readonly pauses: readonly string[];
}

export const FIRST_DEPLOYMENT: DeploymentForm = {
  strategy: 'ROLLING',
  minimum: '100',
  maximum: '200',
  hasBreaker: true,
  hasRollback: true,
  bakeMinutes: '0',
  shiftPercent: '10',
  shiftMinutes: '6',
  pauses: [],
};

export const DAEMON_DEPLOYMENT: DeploymentForm = {
  ...FIRST_DEPLOYMENT,
  minimum: '0',
  maximum: '100',
};

const ROLLING_PAUSES = ['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP'];
const STAGED_PAUSES = [
  ...ROLLING_PAUSES,
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

/** The stages at which a deployment of this strategy can be told to wait. */
export function pausesOf(strategy: string): readonly string[] {
  return strategy === 'ROLLING' ? ROLLING_PAUSES : STAGED_PAUSES;
}

export function readDeployment(configuration: DeploymentConfiguration = {}): DeploymentForm {
  const { deploymentCircuitBreaker, linearConfiguration, canaryConfiguration } = configuration;
  const text = (value: number | undefined, otherwise: string) =>
    value === undefined ? otherwise : String(value);
  return {
    strategy: configuration.strategy ?? 'ROLLING',
    minimum: text(configuration.minimumHealthyPercent, FIRST_DEPLOYMENT.minimum),
    maximum: text(configuration.maximumPercent, FIRST_DEPLOYMENT.maximum),
    hasBreaker: deploymentCircuitBreaker?.enable ?? false,
    hasRollback: deploymentCircuitBreaker?.rollback ?? false,
    bakeMinutes: text(configuration.bakeTimeInMinutes, '0'),
    shiftPercent: text(
      linearConfiguration?.stepPercent ?? canaryConfiguration?.canaryPercent,
      '10',
    ),
    shiftMinutes: text(
      linearConfiguration?.stepBakeTimeInMinutes ?? canaryConfiguration?.canaryBakeTimeInMinutes,
      '6',
    ),
    pauses: (configuration.lifecycleHooks ?? [])
      .filter(isPause)
      .flatMap((hook) => hook.lifecycleStages ?? []),
  };
}

/** `before` keeps what the form does not show: thresholds, Lambda hooks, alarms. */
export function writeDeployment(
  form: DeploymentForm,
  before: DeploymentConfiguration = {},
): DeploymentConfiguration {
  const bakeTimeInMinutes = Number(form.bakeMinutes);
  const others = (before.lifecycleHooks ?? []).filter((hook) => !isPause(hook));
  const hooks = form.pauses.length ? [...others, pauseAt(form.pauses)] : others;
  return {
    strategy: form.strategy,
    minimumHealthyPercent: Number(form.minimum),
    maximumPercent: Number(form.maximum),
    deploymentCircuitBreaker: {
      ...before.deploymentCircuitBreaker,
      enable: form.hasBreaker,
      rollback: form.hasBreaker && form.hasRollback,
    },
    ...(form.strategy !== 'ROLLING' || bakeTimeInMinutes ? { bakeTimeInMinutes } : {}),
    ...(form.strategy === 'LINEAR'
      ? {
          linearConfiguration: {
            stepPercent: Number(form.shiftPercent),
            stepBakeTimeInMinutes: Number(form.shiftMinutes),
          },
        }
      : {}),
    ...(form.strategy === 'CANARY'
      ? {
          canaryConfiguration: {
            canaryPercent: Number(form.shiftPercent),
            canaryBakeTimeInMinutes: Number(form.shiftMinutes),
          },
        }
      : {}),
    ...(hooks.length || before.lifecycleHooks?.length ? { lifecycleHooks: hooks } : {}),
  };
}

function isPause({ targetType }: DeploymentLifecycleHook): boolean {
  return targetType === 'PAUSE';
}

function pauseAt(stages: readonly string[]): DeploymentLifecycleHook {
  return { targetType: 'PAUSE', lifecycleStages: stages as DeploymentLifecycleHookStage[] };
}

export type DeploymentProblems = Partial<Record<keyof DeploymentForm, string>>;

const BAKE_MINUTES_MAX = 1_440;

/** What ECS would refuse, in its words, by field. */
export function deploymentProblems(form: DeploymentForm, isDaemon = false): DeploymentProblems {
  const problems: DeploymentProblems = {};
  const minimum = whole(form.minimum);
  const maximum = whole(form.maximum);
  if (minimum === undefined || minimum > 100)
    problems.minimum = `minimumHealthyPercent must be between 0 and 100, not ${form.minimum || 'empty'}.`;
  if (maximum === undefined || maximum < 100)
    problems.maximum = `maximumPercent must be at least 100, not ${form.maximum || 'empty'}.`;
  else if (isDaemon && maximum > 100)
    problems.maximum =
      'The daemon scheduling strategy does not support values above 100 for maximum percent on deployment configuration.';
  else if (minimum === 100 && maximum === 100)
    problems.maximum =
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.';
  const bake = minutesProblem('bakeTimeInMinutes', form.bakeMinutes);
  if (bake) problems.bakeMinutes = bake;
  if (form.strategy === 'LINEAR') shiftProblems(problems, form, 'stepPercent', 3);
  if (form.strategy === 'CANARY') shiftProblems(problems, form, 'canaryPercent', 0.1);
  return problems;
}

function shiftProblems(
  problems: DeploymentProblems,
  form: DeploymentForm,
  member: string,
  least: number,
) {
  const percent = Number(form.shiftPercent);
  if (!form.shiftPercent.trim() || Number.isNaN(percent) || percent < least || percent > 100)
    problems.shiftPercent = `${member} must be between ${least} and 100, not ${form.shiftPercent || 'empty'}.`;
  const minutes = minutesProblem(
    member === 'stepPercent' ? 'stepBakeTimeInMinutes' : 'canaryBakeTimeInMinutes',
    form.shiftMinutes,
  );
  if (minutes) problems.shiftMinutes = minutes;
}

function minutesProblem(member: string, typed: string): string | undefined {
  const minutes = whole(typed);
  if (minutes !== undefined && minutes <= BAKE_MINUTES_MAX) return undefined;
  return `${member} must be between 0 and ${BAKE_MINUTES_MAX}, not ${typed || 'empty'}.`;
}

/** The number typed, if it is a whole one and not negative. */
export function whole(typed: string): number | undefined {
  return /^\d+$/.test(typed.trim()) ? Number(typed) : undefined;
}
