import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import Box from '@cloudscape-design/components/box';
import { paths } from '../../app/paths';
import { balancedNameOf } from '../../aws/arns';
import { useTargetGroups } from '../../live/balancing';
import { AppLink } from '../../widgets/AppLink';
import { HealthCounts } from '../../widgets/balancing/HealthCounts';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';

const COLUMNS: readonly Column<TargetGroup>[] = [
  {
    id: 'name',
    header: 'Name',
    value: ({ TargetGroupName }) => TargetGroupName,
    cell: ({ TargetGroupName = '', TargetGroupArn = '' }) => (
      <AppLink to={paths.targetGroup(TargetGroupArn)}>{TargetGroupName}</AppLink>
    ),
  },
  {
    id: 'health',
    header: 'Targets',
    cell: ({ TargetGroupArn = '' }) => <HealthCounts arn={TargetGroupArn} />,
  },
  {
    id: 'protocol',
    header: 'Protocol',
    value: protocolOf,
    cell: protocolOf,
  },
  {
    id: 'type',
    header: 'Target type',
    value: ({ TargetType }) => TargetType,
    cell: ({ TargetType }) => TargetType ?? '–',
  },
  {
    id: 'balancers',
    header: 'Load balancer',
    value: ({ LoadBalancerArns = [] }) => LoadBalancerArns.map(balancedNameOf).join(' '),
    cell: ({ LoadBalancerArns = [] }) =>
      LoadBalancerArns.length
        ? LoadBalancerArns.map((arn) => (
            <AppLink key={arn} to={paths.loadBalancer(arn)}>
              {balancedNameOf(arn)}
            </AppLink>
          ))
        : 'none leads here',
  },
];

export default function TargetGroupsPage() {
  const { data, isPending, error, refetch } = useTargetGroups();
  return (
    <PageFrame title="Target groups">
      <ItemTable
        title="Target groups"
        items={data ?? []}
        columns={COLUMNS}
        idOf={({ TargetGroupArn = '' }) => TargetGroupArn}
        isLoading={isPending}
        failure={error ?? undefined}
        onRetry={() => void refetch()}
        empty={
          <EmptyState title="No target groups">
            A target group holds the addresses that a load balancer leads requests to; a service
            registers its tasks in it. Make one with{' '}
            <Box variant="code">
              aws elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id …
            </Box>
          </EmptyState>
        }
      />
    </PageFrame>
  );
}

function protocolOf({ Protocol, Port, ProtocolVersion }: TargetGroup): string {
  const version = ProtocolVersion && ProtocolVersion !== 'HTTP1' ? ` (${ProtocolVersion})` : '';
  return `${Protocol ?? '–'}:${Port ?? '–'}${version}`;
}
