/** One container instance, also after it was deregistered. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useState } from 'react';
import { useParams } from 'react-router';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';
import { Tags } from '../../widgets/Tags';
import { Attributes } from './Attributes';
import { DeregisterDialog } from './DeregisterDialog';
import { InstanceHealth } from './InstanceHealth';
import { InstanceResources } from './InstanceResources';
import { InstanceSummary } from './InstanceSummary';
import { InstanceTasks } from './InstanceTasks';
import { useInstance } from './queries';
import { StateDialog } from './StateDialog';
import { TerminateAdvice } from './TerminateAdvice';

const DeparturePanel = lazy(() => import('./DeparturePanel'));

type Dialog = 'deregister' | 'DRAINING' | 'ACTIVE';

export default function InstancePage() {
  const { cluster = '', id: reference = '' } = useParams();
  const { data, error, isPending, refetch } = useInstance(cluster, reference);
  const [dialog, setDialog] = useState<Dialog>();
  const id = nameOf(reference);
  const close = () => setDialog(undefined);
  return (
    <PageFrame
      title={`Container Instance : ${id}`}
      above={[
        { text: 'Clusters', to: paths.clusters() },
        { text: cluster, to: paths.cluster(cluster, 'instances') },
      ]}
      actions={data && <Actions cluster={cluster} instance={data} onChoose={setDialog} />}
    >
      {error && !data && (
        <FailureAlert
          failure={error}
          title="The container instance could not be loaded"
          onRetry={() => void refetch()}
        />
      )}
      {isPending && <Spinner size="large" />}
      {data === null && (
        <EmptyState title={`ECS knows no container instance ${id} in cluster ${cluster}`}>
          A deregistered instance is told of for one hour, by its id only.
        </EmptyState>
      )}
      {data && <Content cluster={cluster} instance={data} />}
      {dialog === 'deregister' && data && (
        <DeregisterDialog cluster={cluster} instances={[data]} onDismiss={close} />
      )}
      {dialog && dialog !== 'deregister' && data && (
        <StateDialog cluster={cluster} instances={[data]} status={dialog} onDismiss={close} />
      )}
    </PageFrame>
  );
}

interface ActionsProps {
  cluster: string;
  instance: ContainerInstance;
  onChoose: (dialog: Dialog) => void;
}

function Actions({ cluster, instance, onChoose }: ActionsProps) {
  const { status, containerInstanceArn } = instance;
  const id = nameOf(containerInstanceArn);
  const isGone = status === 'INACTIVE';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <CopyCommand call={ecs.describeContainerInstances({ cluster, containerInstances: [id] })} />
      {status === 'DRAINING' ? (
        <Button onClick={() => onChoose('ACTIVE')}>Activate</Button>
      ) : (
        <Button
          disabled={status !== 'ACTIVE'}
          disabledReason={`It is ${status}: only ACTIVE instances can be drained.`}
          onClick={() => onChoose('DRAINING')}
        >
          Drain
        </Button>
      )}
      <Button
        disabled={isGone}
        disabledReason="It is deregistered already."
        onClick={() => onChoose('deregister')}
      >
        Deregister
      </Button>
    </SpaceBetween>
  );
}

function Content({ cluster, instance }: { cluster: string; instance: ContainerInstance }) {
  const isGone = instance.status === 'INACTIVE';
  const isLeaving = isGone || instance.status === 'DRAINING';
  return (
    <SpaceBetween size="l">
      {isLeaving && (
        <Suspense fallback={<Spinner />}>
          <DeparturePanel cluster={cluster} instance={instance} />
        </Suspense>
      )}
      {isGone && <TerminateAdvice instances={[instance]} />}
      <InstanceSummary instance={instance} />
      <InstanceTasks cluster={cluster} instance={instance} />
      {!isGone && <InstanceResources cluster={cluster} instance={instance} />}
      <InstanceHealth instance={instance} />
      {!isGone && <Attributes cluster={cluster} instance={instance} />}
      {!isGone && (
        <Tags
          arn={instance.containerInstanceArn ?? ''}
          tags={instance.tags ?? []}
          of={`container instance ${nameOf(instance.containerInstanceArn)}`}
        />
      )}
    </SpaceBetween>
  );
}
