/** The target groups that a service is to be registered in, and which of them its tasks suit. */
import type { LoadBalancer, TaskDefinition } from '@aws-sdk/client-ecs';
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';

export interface BalancerForm {
  readonly targetGroupArn: string;
  /** `web:80` */
  readonly port: string;
  /** For all strategies but ROLLING: where the other side is. */
  readonly alternateArn: string;
  readonly productionRule: string;
  readonly testRule: string;
  readonly roleArn: string;
}

export const NEW_BALANCER: BalancerForm = {
  targetGroupArn: '',
  port: '',
  alternateArn: '',
  productionRule: '',
  testRule: '',
  roleArn: '',
};

export const BALANCERS_MAX = 5;

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly disabled?: boolean;
  readonly disabledReason?: string;
}

/** The ports that containers of the definition show: `container:port`. */
export function portChoices(definition: TaskDefinition | undefined): Choice[] {
  return (definition?.containerDefinitions ?? []).flatMap(({ name = '', portMappings = [] }) =>
    portMappings.flatMap(({ containerPort, hostPort, protocol = 'tcp' }) =>
      containerPort === undefined
        ? []
        : {
            value: `${name}:${containerPort}`,
            label: `${name}:${containerPort}`,
            description: hostPort ? `${protocol}, host port ${hostPort}` : protocol,
          },
    ),
  );
}

/** All groups; those that tasks of this network mode do not suit are there with the reason. */
export function groupChoices(
  groups: readonly TargetGroup[],
  networkMode: string | undefined,
): Choice[] {
  return groups.map((group) => {
    const { TargetGroupArn: value = '', TargetGroupName: label = value } = group;
    const disabledReason = unfit(group, networkMode ?? 'bridge');
    const description = [group.Protocol, group.Port, `target type ${group.TargetType}`]
      .filter((part) => part !== undefined)
      .join(', ');
    return disabledReason
      ? { value, label, description, disabled: true, disabledReason }
      : { value, label, description };
  });
}

function unfit({ TargetType = 'instance' }: TargetGroup, networkMode: string): string | undefined {
  if (networkMode === 'none')
    return 'Load balancers reach no task whose network mode is none: use bridge, host or awsvpc.';
  const needed = networkMode === 'awsvpc' ? 'ip' : 'instance';
  if (TargetType === needed) return undefined;
  return `It has target type ${TargetType}, which is incompatible with the ${networkMode} network mode specified in the task definition.`;
}

export function writeBalancer(form: BalancerForm, isStaged: boolean): LoadBalancer {
  const split = form.port.lastIndexOf(':');
  const entry = {
    targetGroupArn: form.targetGroupArn,
    containerName: form.port.slice(0, split),
    containerPort: Number(form.port.slice(split + 1)),
  };
  if (!isStaged) return entry;
  return {
    ...entry,
    advancedConfiguration: {
      alternateTargetGroupArn: form.alternateArn,
      productionListenerRule: form.productionRule,
      ...(form.testRule ? { testListenerRule: form.testRule } : {}),
      roleArn: form.roleArn,
    },
  };
}

/** What is missing or wrong in an entry; undefined if nothing. */
export function balancerProblem(form: BalancerForm, isStaged: boolean): string | undefined {
  if (!form.targetGroupArn) return 'Choose a target group, or remove this load balancer.';
  if (!form.port) return 'Choose the container port that requests are sent to.';
  if (!isStaged) return undefined;
  if (!form.alternateArn || !form.productionRule || !form.roleArn)
    return 'Alternate target group, production listener rule and role are required when using a non-ROLLING deployment strategy.';
  if (form.alternateArn === form.targetGroupArn)
    return `Duplicate targetGroupArn found: ${form.targetGroupArn}`;
  return undefined;
}
