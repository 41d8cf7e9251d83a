/** A service's configuration in words. */
import type {
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  PlacementConstraint,
  PlacementStrategy,
} from '@aws-sdk/client-ecs';

export function listed<T>(items: readonly T[] | undefined, text: (item: T) => string): string {
  return items?.length ? items.map(text).join(', ') : 'none';
}

export function strategyText({ type, field }: PlacementStrategy): string {
  return field ? `${type} by ${field}` : (type ?? '–');
}

export function constraintText({ type, expression }: PlacementConstraint): string {
  return expression ? `${type}: ${expression}` : (type ?? '–');
}

export function providerText(item: CapacityProviderStrategyItem): string {
  const { capacityProvider, base = 0, weight = 0 } = item;
  return `${capacityProvider} (base ${base}, weight ${weight})`;
}

export interface Item {
  readonly label: string;
  readonly value: string;
}

export function deploymentItems(configuration: DeploymentConfiguration | undefined): Item[] {
  const given = configuration ?? {};
  const { deploymentCircuitBreaker: breaker, canaryConfiguration, linearConfiguration } = given;
  const criteria = given.earlySuccessCriteria;
  return [
    { label: 'Strategy', value: given.strategy ?? 'ROLLING' },
    { label: 'Minimum healthy percent', value: percent(given.minimumHealthyPercent) },
    { label: 'Maximum percent', value: percent(given.maximumPercent) },
    {
      label: 'Circuit breaker',
      value: breaker?.enable ? (breaker.rollback ? 'on, with rollback' : 'on') : 'off',
    },
    { label: 'Bake time', value: `${given.bakeTimeInMinutes ?? 0} min` },
    ...(canaryConfiguration
      ? [
          {
            label: 'Canary',
            value: `${percent(canaryConfiguration.canaryPercent)}, then ${canaryConfiguration.canaryBakeTimeInMinutes ?? 0} min`,
          },
        ]
      : []),
    ...(linearConfiguration
      ? [
          {
            label: 'Linear',
            value: `${percent(linearConfiguration.stepPercent)} every ${linearConfiguration.stepBakeTimeInMinutes ?? 0} min`,
          },
        ]
      : []),
    ...(criteria?.enable
      ? [{ label: 'Early success', value: `at ${percent(criteria.healthyPercent)} healthy` }]
      : []),
    ...(given.lifecycleHooks ?? []).map((hook) => ({
      label: `Hook (${hook.targetType ?? 'AWS_LAMBDA'})`,
      value: listed(hook.lifecycleStages, String),
    })),
  ];
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${value} %`;
}
