/** A service: how it is, what is being deployed, its tasks, events, targets and configuration. */
import type { Service } from '@aws-sdk/client-ecs';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { hrefOf } from '../../app/links';
import { paths } from '../../app/paths';
import { useTasks } from '../../live/collections';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';
import { Sign } from '../../widgets/Sign';
import { type ServiceAction, ServiceDialog } from './actions/ServiceDialog';
import { ConfigurationTab } from './ConfigurationTab';
import { DeploymentsTab } from './DeploymentsTab';
import { deploymentState } from './deploymentState';
import { HealthTab } from './HealthTab';
import { useService } from './queries';
import { countsText, tasksOfService } from './rollout';
import { ServiceActions } from './ServiceActions';
import { ServiceEventsTab } from './ServiceEventsTab';
import { ServiceTasksTab } from './ServiceTasksTab';

const BalancersTab = lazy(() => import('./BalancersTab'));

export default function ServicePage() {
  const { cluster = '', service: name = '' } = useParams();
  const { data: service, error, isPending, refetch } = useService(cluster, name);
  const [action, setAction] = useState<ServiceAction>();
  return (
    <PageFrame
      title={`Service : ${name}`}
      above={[
        { text: 'Clusters', to: paths.clusters() },
        { text: cluster, to: paths.cluster(cluster) },
        { text: 'Services', to: paths.cluster(cluster, 'services') },
      ]}
      description={service && <Standing service={service} />}
      actions={
        service && <ServiceActions cluster={cluster} service={service} onAction={setAction} />
      }
    >
      {error && (
        <FailureAlert
          failure={error}
          title={`${name} could not be loaded`}
          onRetry={() => void refetch()}
        />
      )}
      {isPending && !error && <Spinner size="large" />}
      {service === null && (
        <EmptyState title={`There is no service ${name}`}>
          The cluster {cluster} has none of this name, or it was deleted a while ago.
        </EmptyState>
      )}
      {service && <ServiceTabs cluster={cluster} service={service} onAction={setAction} />}
      {service && action && (
        <ServiceDialog
          action={action}
          cluster={cluster}
          service={service}
          onDismiss={() => setAction(undefined)}
        />
      )}
    </PageFrame>
  );
}

function Standing({ service }: { service: Service }) {
  const { sign, words } = deploymentState(service);
  return (
    <>
      {countsText(service)} · <Sign type={sign}>{words}</Sign>
    </>
  );
}

interface TabsProps {
  cluster: string;
  service: Service;
  onAction: (action: ServiceAction) => void;
}

function ServiceTabs({ cluster, service, onAction }: TabsProps) {
  const { tab = 'health' } = useParams();
  const navigate = useNavigate();
  const snapshot = useTasks(cluster);
  const name = service.serviceName ?? '';
  const tasks = tasksOfService(name, snapshot.items);
  const shared = { cluster, service, tasks };
  const contents: readonly [id: string, label: string, content: ReactNode][] = [
    ['health', 'Health and metrics', <HealthTab key="health" {...shared} />],
    ['deployments', 'Deployments', <DeploymentsTab key="d" {...shared} onAction={onAction} />],
    ['tasks', 'Tasks', <ServiceTasksTab key="t" {...shared} snapshot={snapshot} />],
    ['events', 'Events', <ServiceEventsTab key="e" {...shared} />],
    ['load-balancers', 'Load balancers', <BalancersTab key="b" service={service} />],
    ['configuration', 'Configuration', <ConfigurationTab key="c" service={service} />],
  ];
  return (
    <Tabs
      ariaLabel={`Service ${name}`}
      activeTabId={tab}
      onChange={({ detail }) => void navigate(paths.service(cluster, name, detail.activeTabId))}
      tabs={contents.map(([id, label, content]) => ({
        id,
        label,
        href: hrefOf(paths.service(cluster, name, id)),
        content: <Suspense fallback={<Spinner />}>{content}</Suspense>,
      }))}
    />
  );
}
