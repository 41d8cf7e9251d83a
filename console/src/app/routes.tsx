/** Every page, each loaded when it is first opened. */
import { lazy } from 'react';
import { Navigate, type RouteObject } from 'react-router';
import { paths } from './paths';

const ClustersPage = lazy(() => import('../pages/clusters/ClustersPage'));
const ClusterPage = lazy(() => import('../pages/clusters/ClusterPage'));
const InstancePage = lazy(() => import('../pages/instances/InstancePage'));
const LoadBalancersPage = lazy(() => import('../pages/loadBalancers/LoadBalancersPage'));
const LoadBalancerPage = lazy(() => import('../pages/loadBalancers/LoadBalancerPage'));
const ClassicLoadBalancerPage = lazy(
  () => import('../pages/loadBalancers/ClassicLoadBalancerPage'),
);
const TargetGroupsPage = lazy(() => import('../pages/targetGroups/TargetGroupsPage'));
const TargetGroupPage = lazy(() => import('../pages/targetGroups/TargetGroupPage'));
const FamiliesPage = lazy(() => import('../pages/taskDefinitions/FamiliesPage'));
const FamilyPage = lazy(() => import('../pages/taskDefinitions/FamilyPage'));
const RevisionPage = lazy(() => import('../pages/taskDefinitions/RevisionPage'));
const DifferencePage = lazy(() => import('../pages/taskDefinitions/DifferencePage'));
const CreateTaskDefinitionPage = lazy(() => import('../pages/taskDefinitions/CreatePage'));
const TaskPage = lazy(() => import('../pages/tasks/TaskPage'));
const RunTaskPage = lazy(() => import('../pages/tasks/run/RunTaskPage'));
const ServicePage = lazy(() => import('../pages/services/ServicePage'));
const CreateServicePage = lazy(() => import('../pages/services/form/CreateServicePage'));
const UpdateServicePage = lazy(() => import('../pages/services/form/UpdateServicePage'));
const EventsPage = lazy(() => import('../pages/events/EventsPage'));
const NotFoundPage = lazy(() => import('../pages/NotFoundPage'));

export const routes: RouteObject[] = [
  { index: true, element: <Navigate to={paths.clusters()} replace /> },
  { path: 'clusters', element: <ClustersPage /> },
  { path: 'clusters/:cluster/:tab?', element: <ClusterPage /> },
  { path: 'clusters/:cluster/instances/:id', element: <InstancePage /> },
  { path: 'clusters/:cluster/tasks/:id', element: <TaskPage /> },
  { path: 'clusters/:cluster/run-task', element: <RunTaskPage /> },
  { path: 'load-balancers', element: <LoadBalancersPage /> },
  { path: 'load-balancers/:id', element: <LoadBalancerPage /> },
  { path: 'classic-load-balancers/:name', element: <ClassicLoadBalancerPage /> },
  { path: 'target-groups', element: <TargetGroupsPage /> },
  { path: 'target-groups/:id', element: <TargetGroupPage /> },
  { path: 'task-definitions', element: <FamiliesPage /> },
  { path: 'task-definitions/:family', element: <FamilyPage /> },
  { path: 'task-definitions/:family/:revision', element: <RevisionPage /> },
  { path: 'task-definitions/:family/difference', element: <DifferencePage /> },
  { path: 'create-task-definition', element: <CreateTaskDefinitionPage /> },
  { path: 'clusters/:cluster/create-service', element: <CreateServicePage /> },
  { path: 'clusters/:cluster/services/:service/update', element: <UpdateServicePage /> },
  { path: 'clusters/:cluster/services/:service/:tab?', element: <ServicePage /> },
  { path: 'events', element: <EventsPage /> },
  { path: '*', element: <NotFoundPage /> },
];
