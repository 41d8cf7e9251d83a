/** The map's colours: Cloudscape's, which follow light and dark. */
import * as tokens from '@cloudscape-design/design-tokens';
import type { CSSProperties } from 'react';

const OWNERS = [
  tokens.colorChartsPaletteCategorical1,
  tokens.colorChartsPaletteCategorical2,
  tokens.colorChartsPaletteCategorical3,
  tokens.colorChartsPaletteCategorical4,
  tokens.colorChartsPaletteCategorical5,
  tokens.colorChartsPaletteCategorical6,
  tokens.colorChartsPaletteCategorical7,
  tokens.colorChartsPaletteCategorical8,
  tokens.colorChartsPaletteCategorical9,
  tokens.colorChartsPaletteCategorical10,
];

export function colourOf(owner: string, owners: readonly string[]): string {
  return OWNERS[Math.max(0, owners.indexOf(owner)) % OWNERS.length] ?? OWNERS[0] ?? '';
}

/** For map.css. */
export const mapColours = {
  '--map-line': tokens.colorBorderDividerDefault,
  '--map-text': tokens.colorTextBodySecondary,
  '--map-error': tokens.colorChartsStatusCritical,
  '--map-warning': tokens.colorBorderStatusWarning,
  '--map-bar': tokens.colorChartsPaletteCategorical1,
  '--map-ground': tokens.colorBackgroundContainerContent,
} as CSSProperties;
