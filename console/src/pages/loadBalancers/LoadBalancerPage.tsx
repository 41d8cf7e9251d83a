import type { LoadBalancer, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useParams } from 'react-router';
import { paths } from '../../app/paths';
import { balancedNameOf, hasId } from '../../aws/arns';
import { describeLoadBalancers } from '../../aws/elbv2';
import { AppLink } from '../../widgets/AppLink';
import { AttributesTable } from '../../widgets/balancing/AttributesTable';
import { HealthCounts } from '../../widgets/balancing/HealthCounts';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { type ListenerWithRules, useListeners, useLoadBalancers } from './queries';
import { actionInWords, conditionsInWords, targetsOf } from './words';

const ABOVE = [{ text: 'Load balancers', to: paths.loadBalancers() }];

export default function LoadBalancerPage() {
  const { id = '' } = useParams();
  const { data, error, isPending, refetch } = useLoadBalancers();
  const isThis = hasId(id);
  const balancer = data?.find(({ LoadBalancerArn }) => isThis(LoadBalancerArn));
  const listeners = useListeners(balancer?.LoadBalancerArn);
  if (!balancer) {
    return (
      <PageFrame title="Load balancer" above={ABOVE}>
        {error && (
          <FailureAlert
            failure={error}
            title="It could not be loaded"
            onRetry={() => void refetch()}
          />
        )}
        {isPending && <Spinner size="large" />}
        {data && (
          <EmptyState title="There is no such load balancer">It may have been deleted.</EmptyState>
        )}
      </PageFrame>
    );
  }
  return (
    <PageFrame
      title={`Load balancer : ${balancer.LoadBalancerName}`}
      above={ABOVE}
      actions={
        <CopyCommand
          call={describeLoadBalancers({ LoadBalancerArns: [balancer.LoadBalancerArn ?? ''] })}
        />
      }
    >
      <Overview balancer={balancer} listeners={listeners.data ?? []} />
      {listeners.error && (
        <FailureAlert failure={listeners.error} title="Listeners could not be loaded" />
      )}
      {listeners.data?.length === 0 && (
        <EmptyState title="No listeners">
          Nothing is answered yet: <Box variant="code">aws elbv2 create-listener</Box> makes one.
        </EmptyState>
      )}
      {listeners.data?.map((one) => (
        <ListenerRules key={one.listener.ListenerArn} {...one} />
      ))}
      <AttributesTable of="load-balancer" arn={balancer.LoadBalancerArn} />
    </PageFrame>
  );
}

function Overview({
  balancer,
  listeners,
}: {
  balancer: LoadBalancer;
  listeners: readonly ListenerWithRules[];
}) {
  const zones = balancer.AvailabilityZones ?? [];
  return (
    <Container header={<Header variant="h2">Overview</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'State', value: <StatusLabel status={balancer.State?.Code} /> },
          { label: 'Type and scheme', value: `${balancer.Type ?? '–'}, ${balancer.Scheme ?? '–'}` },
          { label: 'Created', value: <When at={balancer.CreatedTime} /> },
          { label: 'DNS name', value: <Addresses balancer={balancer} listeners={listeners} /> },
          { label: 'VPC', value: balancer.VpcId ?? '–' },
          {
            label: 'Zones and addresses',
            value: zones
              .map(({ ZoneName, LoadBalancerAddresses }) =>
                [ZoneName, ...(LoadBalancerAddresses ?? []).map(({ IpAddress }) => IpAddress)]
                  .filter(Boolean)
                  .join(' '),
              )
              .join(', '),
          },
          { label: 'Security groups', value: (balancer.SecurityGroups ?? []).join(', ') || 'none' },
          { label: 'ARN', value: balancer.LoadBalancerArn ?? '–' },
        ]}
      />
    </Container>
  );
}

/** The name, and the addresses of HTTP listeners to open. */
function Addresses({
  balancer,
  listeners,
}: {
  balancer: LoadBalancer;
  listeners: readonly ListenerWithRules[];
}) {
  const open = listeners
    .filter(({ listener }) => listener.Protocol === 'HTTP' || listener.Protocol === 'HTTPS')
    .map(
      ({ listener }) =>
        `${listener.Protocol?.toLowerCase()}://${balancer.DNSName}:${listener.Port}/`,
    );
  return (
    <SpaceBetween size="xxs">
      <span>{balancer.DNSName ?? '–'}</span>
      {open.map((address) => (
        <Link key={address} href={address} external>
          {address}
        </Link>
      ))}
    </SpaceBetween>
  );
}

function ListenerRules({ listener, rules }: ListenerWithRules) {
  return (
    <ItemTable<Rule>
      title={`Rules of ${listener.Protocol}:${listener.Port}`}
      name={`rules-${listener.Port}`}
      items={rules}
      idOf={({ RuleArn = '' }) => RuleArn}
      sortedBy="priority"
      empty={
        <EmptyState title="No rules">
          Network listeners lead all connections to one target group.
        </EmptyState>
      }
      columns={[
        {
          id: 'priority',
          header: 'Priority',
          width: 100,
          value: ({ Priority, IsDefault }) =>
            IsDefault ? Number.MAX_SAFE_INTEGER : Number(Priority),
          cell: ({ Priority }) => Priority ?? '–',
        },
        { id: 'if', header: 'If', value: conditionsInWords, cell: conditionsInWords },
        { id: 'then', header: 'Then', cell: (rule) => <RuleActions rule={rule} /> },
      ]}
    />
  );
}

function RuleActions({ rule }: { rule: Rule }) {
  return (
    <SpaceBetween size="xs">
      {(rule.Actions ?? []).map((action) => {
        const targets = targetsOf(action);
        if (!targets.length)
          return <span key={action.Order ?? action.Type}>{actionInWords(action)}</span>;
        return targets.map(({ arn, percent }) => (
          <SpaceBetween key={arn} direction="horizontal" size="s">
            <span>{percent} % to</span>
            <AppLink to={paths.targetGroup(arn)}>{balancedNameOf(arn)}</AppLink>
            <HealthCounts arn={arn} />
          </SpaceBetween>
        ));
      })}
    </SpaceBetween>
  );
}
