/** A page of the console in a test: at its address, in front of an ECS that is told what to answer. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { Suspense } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { NotificationsProvider } from './app/notifications';
import { routes } from './app/routes';
import { setRegion } from './session/region';
import { signIn } from './session/session';

/** What each operation is answered with; with nothing, if it is not named. */
export type Answers = Readonly<Record<string, object>>;

/** `address` is what stands behind the Region: `/clusters/default`. */
export function openPage(address: string, answers: Answers) {
  setRegion('us-east-1');
  signIn({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  vi.spyOn(ECSClient.prototype, 'send').mockImplementation(async (command: object) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    return answers[operation] ?? {};
  });
  const router = createMemoryRouter(routes, { initialEntries: [address] });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <NotificationsProvider>
        <Suspense fallback="Loading …">
          <RouterProvider router={router} />
        </Suspense>
      </NotificationsProvider>
    </QueryClientProvider>,
  );
  return router;
}
