/** What was done and what failed, above the page until it is dismissed. */
import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import type { Failure } from '../aws/failures';
import { FailureText } from '../widgets/FailureAlert';

export interface Notifications {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  succeeded(title: string, content?: ReactNode): void;
  failed(title: string, failure: Failure): void;
}

const SHOWN_MAX = 6;
const Context = createContext<Notifications | null>(null);

export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const add = useCallback((item: FlashbarProps.MessageDefinition) => {
    const id = crypto.randomUUID();
    const onDismiss = () => setItems((all) => all.filter((one) => one.id !== id));
    const whole = { ...item, id, onDismiss, dismissible: true, dismissLabel: 'Dismiss' };
    setItems((all) => [whole, ...all].slice(0, SHOWN_MAX));
  }, []);
  const value = useMemo<Notifications>(
    () => ({
      items,
      succeeded: (header, content) => add({ type: 'success', header, content }),
      failed: (header, failure) =>
        add({ type: 'error', header, content: <FailureText failure={failure} /> }),
    }),
    [items, add],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useNotifications(): Notifications {
  const found = useContext(Context);
  if (!found) throw new Error('useNotifications outside of NotificationsProvider');
  return found;
}
