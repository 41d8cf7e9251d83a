/** The placement templates of the ECS console, and what is wrong with rules that one writes oneself. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';

const STRATEGIES_MAX = 5;
const CONSTRAINTS_MAX = 10;
const BINPACK_FIELDS = ['cpu', 'memory'];
const SPREAD_FIELD = /^(instanceid|host|attribute:[A-Za-z0-9_\-/\\.]{1,128})$/i;

export interface PlacementRules {
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly placementConstraints: readonly PlacementConstraint[];
}

export const NO_RULES: PlacementRules = { placementStrategy: [], placementConstraints: [] };

export interface Template {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly rules: PlacementRules;
}

const ZONES: PlacementStrategy = { type: 'spread', field: 'attribute:ecs.availability-zone' };

export const TEMPLATES: readonly Template[] = [
  {
    id: 'default',
    label: 'None',
    description: 'A service then spreads its tasks over zones and instances by itself.',
    rules: NO_RULES,
  },
  {
    id: 'az-spread',
    label: 'AZ balanced spread',
    description: 'Over Availability Zones, and in each over its container instances.',
    rules: { ...NO_RULES, placementStrategy: [ZONES, { type: 'spread', field: 'instanceId' }] },
  },
  {
    id: 'az-binpack',
    label: 'AZ balanced binpack',
    description: 'Over Availability Zones, and in each where the least memory is left.',
    rules: { ...NO_RULES, placementStrategy: [ZONES, { type: 'binpack', field: 'memory' }] },
  },
  {
    id: 'binpack',
    label: 'BinPack',
    description: 'Where the least memory is left: as few instances as possible.',
    rules: { ...NO_RULES, placementStrategy: [{ type: 'binpack', field: 'memory' }] },
  },
  {
    id: 'one-per-host',
    label: 'One task per host',
    description: 'At most one task of the service on a container instance.',
    rules: { ...NO_RULES, placementConstraints: [{ type: 'distinctInstance' }] },
  },
];

export const CUSTOM = 'custom';

/** The id of the template that these rules are; `custom` for all else. */
export function templateOf(rules: PlacementRules): string {
  return TEMPLATES.find((one) => sameRules(one.rules, rules))?.id ?? CUSTOM;
}

export function sameRules(one: PlacementRules, other: PlacementRules): boolean {
  return written(one) === written(other);
}

function written({ placementStrategy, placementConstraints }: PlacementRules): string {
  return JSON.stringify([
    placementStrategy.map(({ type, field }) => [type, field ?? '']),
    placementConstraints.map(({ type, expression }) => [type, expression ?? '']),
  ]);
}

export function strategyProblem({ type, field = '' }: PlacementStrategy): string | undefined {
  if (type === 'random')
    return field ? 'The field should be absent: the strategy random has none.' : undefined;
  if (type === 'binpack')
    return BINPACK_FIELDS.includes(field.toLowerCase())
      ? undefined
      : 'The field of the strategy binpack should be one of [cpu, memory].';
  if (type === 'spread')
    return SPREAD_FIELD.test(field)
      ? undefined
      : 'The field of the strategy spread should be instanceId, host or attribute:<name>.';
  return 'The type should be one of [random, spread, binpack].';
}

export function constraintProblem(constraint: PlacementConstraint): string | undefined {
  const expression = constraint.expression?.trim() ?? '';
  if (constraint.type === 'distinctInstance')
    return expression ? 'The expression should be absent: distinctInstance has none.' : undefined;
  if (constraint.type === 'memberOf')
    return expression
      ? undefined
      : 'memberOf needs an expression in the cluster query language, such as attribute:stack == prod.';
  return 'The type should be one of [distinctInstance, memberOf].';
}

/** The first thing that ECS would refuse; undefined if nothing. */
export function placementProblem(rules: PlacementRules): string | undefined {
  const { placementStrategy, placementConstraints } = rules;
  if (placementStrategy.length > STRATEGIES_MAX)
    return `placementStrategy can have up to ${STRATEGIES_MAX} elements, not ${placementStrategy.length}.`;
  if (placementConstraints.length > CONSTRAINTS_MAX)
    return `placementConstraints can have up to ${CONSTRAINTS_MAX} elements, not ${placementConstraints.length}.`;
  const problems = [
    ...placementStrategy.map(strategyProblem),
    ...placementConstraints.map(constraintProblem),
  ];
  return problems.find((one) => one !== undefined);
}

/** As it is sent: only the members that are set. */
export function placementMembers({ placementStrategy, placementConstraints }: PlacementRules): {
  placementStrategy?: PlacementStrategy[];
  placementConstraints?: PlacementConstraint[];
} {
  return {
    ...(placementStrategy.length ? { placementStrategy: [...placementStrategy] } : {}),
    ...(placementConstraints.length ? { placementConstraints: [...placementConstraints] } : {}),
  };
}
