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
}

export function applyTheme(): void {
  applyMode(theme() === 'dark' ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = theme();
}
