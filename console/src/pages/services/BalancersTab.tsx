/** The load balancers of a service, each target group with its targets as they are now. */
import type { LoadBalancer, Service } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { paths } from '../../app/paths';
import { balancedNameOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import { TargetsTable } from '../../widgets/balancing/TargetsTable';
import { EmptyState } from '../../widgets/EmptyState';

export default function BalancersTab({ service }: { service: Service }) {
  const { loadBalancers = [], healthCheckGracePeriodSeconds = 0 } = service;
  if (!loadBalancers.length) {
    return (
      <Container>
        <EmptyState title="No load balancer">
          The tasks of this service are reached on their instances' ports, or on their own
          addresses. A target group can be given to a service when it is created, or with
          UpdateService.
        </EmptyState>
      </Container>
    );
  }
  return (
    <SpaceBetween size="l">
      {loadBalancers.map((entry) => (
        <Entry
          key={entry.targetGroupArn ?? entry.loadBalancerName}
          entry={entry}
          graceSeconds={healthCheckGracePeriodSeconds}
        />
      ))}
    </SpaceBetween>
  );
}

function Entry({ entry, graceSeconds }: { entry: LoadBalancer; graceSeconds: number }) {
  const { targetGroupArn, loadBalancerName, containerName, containerPort } = entry;
  const other = entry.advancedConfiguration?.alternateTargetGroupArn;
  const rule = entry.advancedConfiguration?.productionListenerRule;
  const title = targetGroupArn ? balancedNameOf(targetGroupArn) : (loadBalancerName ?? '');
  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header variant="h2">
            {targetGroupArn ? (
              <AppLink to={paths.targetGroup(targetGroupArn)}>{title}</AppLink>
            ) : (
              title
            )}
          </Header>
        }
      >
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Container', value: `${containerName ?? '–'}:${containerPort ?? '–'}` },
            { label: 'Health check grace period', value: `${graceSeconds} s` },
            ...(other ? [{ label: 'Alternate target group', value: balancedNameOf(other) }] : []),
            ...(rule ? [{ label: 'Production listener rule', value: rule }] : []),
            ...(loadBalancerName
              ? [
                  {
                    label: 'Classic Load Balancer',
                    value: (
                      <AppLink to={paths.classicLoadBalancer(loadBalancerName)}>
                        {loadBalancerName}
                      </AppLink>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </Container>
      {targetGroupArn && <TargetsTable arn={targetGroupArn} />}
      {other && <TargetsTable arn={other} />}
    </SpaceBetween>
  );
}
