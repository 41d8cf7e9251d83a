/** Light or dark: as the system says, until one chooses. The choice is no secret and stays. */
import { applyMode, Mode } from '@cloudscape-design/global-styles';

const CHOSEN = 'roadstead.theme';
export type Theme = 'light' | 'dark';

const system = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

export function theme(): Theme {
  const chosen = localStorage.getItem(CHOSEN);
  return chosen === 'light' || chosen === 'dark' ? chosen : system();
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(CHOSEN, chosen);
  applyTheme();
  for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

/** Tells when another theme is chosen. */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function applyTheme(): void {
  applyMode(theme() === 'dark' ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = theme();
}
