/** What is around every page: navigation, notifications, the state of the connection. */
import AppLayout from '@cloudscape-design/components/app-layout';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import Spinner from '@cloudscape-design/components/spinner';
import { Suspense, useLayoutEffect, useSyncExternalStore } from 'react';
import { Outlet, useLocation, useMatches, useNavigate, useNavigationType } from 'react-router';
import { connectionNow, onConnection } from '../live/changes';
import { hrefOf } from './links';
import { useNotifications } from './notifications';
import { PageBoundary } from './PageBoundary';
import { paths } from './paths';
import { TopBar } from './TopBar';

const SECTIONS: readonly { text: string; path: string; also?: string }[] = [
  { text: 'Clusters', path: paths.clusters() },
  { text: 'Task definitions', path: paths.families(), also: paths.createFamily() },
  { text: 'Load balancers', path: paths.loadBalancers(), also: '/classic-load-balancers' },
  { text: 'Target groups', path: paths.targetGroups() },
  { text: 'Events', path: paths.events() },
];

const AWAY: FlashbarProps.MessageDefinition = {
  id: 'away',
  type: 'warning',
  header: 'The control plane does not answer',
  content:
    'What is shown is as it was when it last did. The console goes on by itself when it is back: roadstead up starts it.',
};

export function Shell() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { items } = useNotifications();
  const isAway = useSyncExternalStore(onConnection, connectionNow) === 'away';
  const page = pageOf(useMatches().at(-1));
  useBeginAtTop(page);
  const section = SECTIONS.find(({ path, also = path }) =>
    [path, also].some((one) => `${pathname}/`.startsWith(`${one}/`)),
  );
  return (
    <>
      <TopBar />
      <AppLayout
        headerSelector="#top"
        toolsHide
        ariaLabels={{
          navigation: 'Navigation',
          navigationClose: 'Close navigation',
          navigationToggle: 'Open navigation',
          notifications: 'Notifications',
        }}
        navigation={
          <SideNavigation
            header={{ text: 'Elastic Container Service', href: hrefOf('/') }}
            activeHref={section && hrefOf(section.path)}
            items={SECTIONS.map(({ text, path }) => ({ type: 'link', text, href: hrefOf(path) }))}
            onFollow={(event) => {
              event.preventDefault();
              const followed = SECTIONS.find(({ path }) => hrefOf(path) === event.detail.href);
              void navigate(followed?.path ?? '/');
            }}
          />
        }
        notifications={<Flashbar items={isAway ? [AWAY, ...items] : [...items]} stackItems />}
        content={
          <PageBoundary key={page} onBack={() => location.reload()}>
            <Suspense fallback={<Spinner size="large" />}>
              <Outlet />
            </Suspense>
          </PageBoundary>
        }
      />
    </>
  );
}

/** A page that was not there before is read from its top; going back leaves it to the browser. */
function useBeginAtTop(page: string): void {
  const isBack = useNavigationType() === 'POP';
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the page is another one, only
  useLayoutEffect(() => {
    if (!isBack) scrollTo(0, 0);
  }, [page]);
}

interface Match {
  readonly id: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** A page of something else begins anew; another tab of the same one does not. */
function pageOf(match: Match | undefined): string {
  const { tab: _, ...params } = match?.params ?? {};
  return JSON.stringify([match?.id, params]);
}
