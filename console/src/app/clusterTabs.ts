/** The tabs of a cluster's page, each loaded when it is first opened. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface ClusterTab {
  readonly id: string;
  readonly label: string;
  readonly Content: LazyExoticComponent<ComponentType<{ cluster: string }>>;
}

export const CLUSTER_TABS: readonly ClusterTab[] = [
  {
    id: 'overview',
    label: 'Overview',
    Content: lazy(() => import('../pages/clusters/OverviewTab')),
  },
  {
    id: 'services',
    label: 'Services',
    Content: lazy(() => import('../pages/services/ServicesTab')),
  },
  { id: 'tasks', label: 'Tasks', Content: lazy(() => import('../pages/tasks/TasksTab')) },
  {
    id: 'instances',
    label: 'ECS Instances',
    Content: lazy(() => import('../pages/instances/InstancesTab')),
  },
  { id: 'map', label: 'Cluster map', Content: lazy(() => import('../pages/map/ClusterMap')) },
  { id: 'events', label: 'Events', Content: lazy(() => import('../pages/events/EventsTab')) },
  { id: 'tags', label: 'Tags', Content: lazy(() => import('../pages/clusters/TagsTab')) },
];
