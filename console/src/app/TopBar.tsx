/** The bar above: Region, connection, theme, and who is signed in. */
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useSyncExternalStore } from 'react';
import { useLocation } from 'react-router';
import { type Connection, connectionNow, onConnection } from '../live/changes';
import { BASE, REGIONS, region } from '../session/region';
import { session, signOut } from '../session/session';
import { hrefOf } from './links';
import { chooseTheme, onTheme, theme } from './theme';

const CONNECTION_WORDS: Record<Connection, string> = {
  connecting: 'Connecting …',
  live: 'Live',
  polling: 'Not live: asking every few seconds',
  away: 'No answer',
};

export function TopBar() {
  const { pathname } = useLocation();
  const connection = useSyncExternalStore(onConnection, connectionNow);
  const isDark = useSyncExternalStore(onTheme, theme) === 'dark';
  const current = region();
  const known = REGIONS.some(({ id }) => id === current)
    ? REGIONS
    : [{ id: current, name: current }, ...REGIONS];
  const nameOfRegion = known.find(({ id }) => id === current)?.name ?? current;
  const keyId = session()?.accessKeyId ?? '';
  return (
    <div id="top">
      <TopNavigation
        identity={{
          title: 'Roadstead',
          href: hrefOf('/'),
          logo: { src: `${BASE}/icon.svg`, alt: '' },
        }}
        i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'All' }}
        utilities={[
          {
            type: 'button',
            text: CONNECTION_WORDS[connection],
            iconName: connection === 'live' ? 'status-positive' : 'status-pending',
            disableUtilityCollapse: false,
            title: 'Whether this page is told of changes as they happen',
          },
          {
            type: 'button',
            text: isDark ? 'Light mode' : 'Dark mode',
            onClick: () => chooseTheme(isDark ? 'light' : 'dark'),
          },
          {
            type: 'menu-dropdown',
            text: current,
            title: known.find(({ id }) => id === current)?.name ?? current,
            ariaLabel: `${current}, ${nameOfRegion}`,
            items: known.map(({ id, name }) => ({ id, text: name, description: id })),
            onItemClick: ({ detail }) => {
              location.assign(`${BASE}/${detail.id}${topOf(pathname)}`);
            },
          },
          {
            type: 'menu-dropdown',
            text: keyId,
            iconName: 'user-profile',
            ariaLabel: `${keyId}, account`,
            items: [{ id: 'sign-out', text: 'Sign out' }],
            onItemClick: () => signOut(),
          },
        ]}
      />
    </div>
  );
}

/** The list that a page is in: what it shows itself need not be in another Region. */
function topOf(pathname: string): string {
  return `/${pathname.split('/')[1] ?? ''}`;
}
