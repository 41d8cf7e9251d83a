/** Asks before a cluster is deleted; ECS refuses while something lives in it. */
import type { Cluster } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { AppLink } from '../../widgets/AppLink';
import { ConfirmDialog } from '../../widgets/ConfirmDialog';
import { inhabitants } from './inhabitants';

interface Props {
  cluster: Cluster;
  onDone?: () => void;
  onDismiss: () => void;
}

export function DeleteClusterDialog({ cluster, onDone, onDismiss }: Props) {
  const name = cluster.clusterName ?? '';
  const living = inhabitants(cluster);
  return (
    <ConfirmDialog
      title={`Delete cluster ${name}?`}
      call={ecs.deleteCluster({ cluster: name })}
      confirm="Delete"
      word={`delete ${name}`}
      done={`Cluster ${name} was deleted.`}
      onDone={onDone}
      onDismiss={onDismiss}
    >
      {living.length > 0 ? (
        <Alert type="warning" header="ECS will refuse: something lives in it">
          <ul>
            {living.map(({ count, tab, todo }) => (
              <li key={tab}>
                <AppLink to={paths.cluster(name, tab)}>{count}</AppLink>: {todo}
              </li>
            ))}
          </ul>
        </Alert>
      ) : (
        <p>
          Nothing lives in it. It becomes INACTIVE and is no longer listed; creating a cluster of
          the same name makes it ACTIVE again.
        </p>
      )}
    </ConfirmDialog>
  );
}
