import type { LoadBalancerDescription } from '@aws-sdk/client-elastic-load-balancing';
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import Box from '@cloudscape-design/components/box';
import { paths } from '../../app/paths';
import { AppLink } from '../../widgets/AppLink';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { useClassicLoadBalancers, useLoadBalancers } from './queries';

const COLUMNS: readonly Column<LoadBalancer>[] = [
  {
    id: 'name',
    header: 'Name',
    value: ({ LoadBalancerName }) => LoadBalancerName,
    cell: ({ LoadBalancerName = '', LoadBalancerArn = '' }) => (
      <AppLink to={paths.loadBalancer(LoadBalancerArn)}>{LoadBalancerName}</AppLink>
    ),
  },
  {
    id: 'state',
    header: 'State',
    value: ({ State }) => State?.Code,
    cell: ({ State }) => <StatusLabel status={State?.Code} />,
  },
  { id: 'type', header: 'Type', value: ({ Type }) => Type, cell: ({ Type }) => Type ?? '–' },
  {
    id: 'scheme',
    header: 'Scheme',
    value: ({ Scheme }) => Scheme,
    cell: ({ Scheme }) => Scheme ?? '–',
  },
  {
    id: 'dns',
    header: 'DNS name',
    value: ({ DNSName }) => DNSName,
    cell: ({ DNSName }) => DNSName ?? '–',
  },
  {
    id: 'zones',
    header: 'Availability Zones',
    value: (one) => zonesOf(one),
    cell: (one) =>
      zonesOf(one)
        .split(' ')
        .map((zone) => (
          <span key={zone} className="word">
            {zone || '–'}{' '}
          </span>
        )),
  },
  {
    id: 'created',
    header: 'Created',
    value: ({ CreatedTime }) => CreatedTime?.getTime(),
    cell: ({ CreatedTime }) => <When at={CreatedTime} />,
  },
];

const CLASSIC_COLUMNS: readonly Column<LoadBalancerDescription>[] = [
  {
    id: 'name',
    header: 'Name',
    value: ({ LoadBalancerName }) => LoadBalancerName,
    cell: ({ LoadBalancerName = '' }) => (
      <AppLink to={paths.classicLoadBalancer(LoadBalancerName)}>{LoadBalancerName}</AppLink>
    ),
  },
  {
    id: 'dns',
    header: 'DNS name',
    value: ({ DNSName }) => DNSName,
    cell: ({ DNSName }) => DNSName ?? '–',
  },
  {
    id: 'instances',
    header: 'Instances',
    value: ({ Instances }) => Instances?.length,
    cell: ({ Instances }) => Instances?.length ?? 0,
  },
  {
    id: 'created',
    header: 'Created',
    value: ({ CreatedTime }) => CreatedTime?.getTime(),
    cell: ({ CreatedTime }) => <When at={CreatedTime} />,
  },
];

export default function LoadBalancersPage() {
  const balancers = useLoadBalancers();
  const classic = useClassicLoadBalancers();
  return (
    <PageFrame title="Load balancers">
      <ItemTable
        title="Application and network load balancers"
        items={balancers.data ?? []}
        columns={COLUMNS}
        idOf={({ LoadBalancerArn = '' }) => LoadBalancerArn}
        isLoading={balancers.isPending}
        failure={balancers.error ?? undefined}
        onRetry={() => void balancers.refetch()}
        empty={
          <EmptyState title="No load balancers">
            A load balancer leads requests to the healthy tasks of services. Make one with{' '}
            <Box variant="code">aws elbv2 create-load-balancer --name web --subnets …</Box>
          </EmptyState>
        }
      />
      {(classic.error || (classic.data ?? []).length > 0) && (
        <ItemTable
          title="Classic Load Balancers"
          name="classic"
          items={classic.data ?? []}
          columns={CLASSIC_COLUMNS}
          idOf={({ LoadBalancerName = '' }) => LoadBalancerName}
          failure={classic.error ?? undefined}
          onRetry={() => void classic.refetch()}
          empty={<EmptyState title="No Classic Load Balancers" />}
        />
      )}
    </PageFrame>
  );
}

function zonesOf({ AvailabilityZones = [] }: LoadBalancer): string {
  return AvailabilityZones.map(({ ZoneName }) => ZoneName)
    .sort()
    .join(', ');
}
