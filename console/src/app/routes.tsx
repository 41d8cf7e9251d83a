/** Every page, each loaded when it is first opened. */
import { lazy } from 'react';
import { Navigate, type RouteObject } from 'react-router';
import { paths } from './paths';

const ClustersPage = lazy(() => import('../pages/clusters/ClustersPage'));
const NotFoundPage = lazy(() => import('../pages/NotFoundPage'));

export const routes: RouteObject[] = [
  { index: true, element: <Navigate to={paths.clusters()} replace /> },
  { path: 'clusters', element: <ClustersPage /> },
  { path: '*', element: <NotFoundPage /> },
];
