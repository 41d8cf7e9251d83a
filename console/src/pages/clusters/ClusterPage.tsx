/** One cluster: its tabs, and how it can be deleted. */
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { Suspense, useState } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { CLUSTER_TABS } from '../../app/clusterTabs';
import { hrefOf } from '../../app/links';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { useCluster } from '../../live/clusters';
import { CopyCommand } from '../../widgets/CopyCommand';
import { MissingCluster } from '../../widgets/ExistingCluster';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';
import { DeleteClusterDialog } from './DeleteClusterDialog';

const ABOVE = [{ text: 'Clusters', to: paths.clusters() }];

export default function ClusterPage() {
  const { cluster = '', tab = '' } = useParams();
  const navigate = useNavigate();
  const { data, error, isPending, refetch } = useCluster(cluster);
  const [isDeleting, setDeleting] = useState(false);
  if (!CLUSTER_TABS.some(({ id }) => id === tab)) {
    return <Navigate to={paths.cluster(cluster, 'overview')} replace />;
  }
  const isThere = data && data.status !== 'INACTIVE';
  return (
    <PageFrame
      title={`Cluster : ${cluster}`}
      above={ABOVE}
      actions={
        isThere && (
          <SpaceBetween direction="horizontal" size="xs">
            <CopyCommand call={ecs.describeClusters({ clusters: [cluster] })} />
            <Button onClick={() => setDeleting(true)}>Delete cluster</Button>
          </SpaceBetween>
        )
      }
    >
      {error && !data && (
        <FailureAlert
          failure={error}
          title="The cluster could not be loaded"
          onRetry={() => void refetch()}
        />
      )}
      {isPending && <Spinner size="large" />}
      {data !== undefined && !isThere && <MissingCluster cluster={cluster} status={data?.status} />}
      {isThere && (
        <Tabs
          ariaLabel={`Cluster ${cluster}`}
          activeTabId={tab}
          tabs={CLUSTER_TABS.map(({ id, label, Content }) => ({
            id,
            label,
            href: hrefOf(paths.cluster(cluster, id)),
            content: id === tab && (
              <Suspense fallback={<Spinner size="large" />}>
                <Content cluster={cluster} />
              </Suspense>
            ),
          }))}
          onChange={({ detail }) => void navigate(paths.cluster(cluster, detail.activeTabId))}
        />
      )}
      {isDeleting && data && (
        <DeleteClusterDialog
          cluster={data}
          onDone={() => void navigate(paths.clusters())}
          onDismiss={() => setDeleting(false)}
        />
      )}
    </PageFrame>
  );
}
