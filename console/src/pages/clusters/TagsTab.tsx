import { useCluster } from '../../live/clusters';
import { Tags } from '../../widgets/Tags';

export default function TagsTab({ cluster }: { cluster: string }) {
  const { data } = useCluster(cluster);
  return data?.clusterArn ? (
    <Tags arn={data.clusterArn} tags={data.tags ?? []} of={`cluster ${cluster}`} />
  ) : null;
}
