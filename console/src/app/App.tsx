/** The console: sign-in, or the pages for who is signed in. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { followChanges } from '../live/changes';
import { refreshByChanges } from '../live/useLiveQuery';
import { BASE, region } from '../session/region';
import { onSession, session } from '../session/session';
import { NotificationsProvider } from './notifications';
import { routes } from './routes';
import { Shell } from './Shell';
import { SignInPage } from './SignInPage';

export function App({ token }: { token: string | undefined }) {
  const keys = useSyncExternalStore(onSession, session);
  if (!keys) return <SignInPage token={token} />;
  return <Console key={keys.accessKeyId} />;
}

function Console() {
  const client = useMemo(() => new QueryClient(), []);
  const router = useMemo(
    () =>
      createBrowserRouter([{ element: <Shell />, children: routes }], {
        basename: `${BASE}/${region()}`,
      }),
    [],
  );
  useEffect(() => {
    const endFollowing = followChanges();
    const endRefreshing = refreshByChanges(client);
    return () => {
      endFollowing();
      endRefreshing();
      client.clear();
    };
  }, [client]);
  return (
    <QueryClientProvider client={client}>
      <NotificationsProvider>
        <RouterProvider router={router} />
      </NotificationsProvider>
    </QueryClientProvider>
  );
}
