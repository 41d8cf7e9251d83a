/** What makes sense in a cluster that is there; of another one is said that it is not, and where to go. */
import Spinner from '@cloudscape-design/components/spinner';
import type { ReactNode } from 'react';
import { paths } from '../app/paths';
import { useCluster } from '../live/clusters';
import { AppLink } from './AppLink';
import { EmptyState } from './EmptyState';
import { FailureAlert } from './FailureAlert';

export function ExistingCluster({ cluster, children }: { cluster: string; children: ReactNode }) {
  const { data, error, refetch } = useCluster(cluster);
  if (data && data.status !== 'INACTIVE') return <>{children}</>;
  if (data !== undefined) return <MissingCluster cluster={cluster} status={data?.status} />;
  if (!error) return <Spinner size="large" />;
  return (
    <FailureAlert
      failure={error}
      title="The cluster could not be loaded"
      onRetry={() => void refetch()}
    />
  );
}

interface Props {
  cluster: string;
  /** What ECS still tells of one that was deleted. */
  status: string | undefined;
}

export function MissingCluster({ cluster, status }: Props) {
  const clusters = <AppLink to={paths.clusters()}>See which clusters there are</AppLink>;
  return status ? (
    <EmptyState title={`Cluster ${cluster} is ${status}`} action={clusters}>
      It was deleted. Creating a cluster of the same name makes it ACTIVE again:{' '}
      <code>aws ecs create-cluster --cluster-name {cluster}</code>
    </EmptyState>
  ) : (
    <EmptyState title={`There is no cluster ${cluster}`} action={clusters}>
      It may be in another Region, or may have been deleted. What is asked for in it is refused with
      ClusterNotFoundException.
    </EmptyState>
  );
}
