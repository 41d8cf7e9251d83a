/** Colours for services.css: Cloudscape's, which follow light and dark. */
import * as tokens from '@cloudscape-design/design-tokens';
import type { CSSProperties } from 'react';

export const serviceColours = {
  '--service-line': tokens.colorBorderDividerDefault,
  '--service-text': tokens.colorTextBodySecondary,
  '--service-error': tokens.colorChartsStatusCritical,
  '--service-running': tokens.colorTextStatusSuccess,
  '--service-pending': tokens.colorChartsPaletteCategorical1,
  '--service-ground': tokens.colorBackgroundContainerContent,
  '--service-new': tokens.colorChartsPaletteCategorical1,
  '--service-old': tokens.colorChartsPaletteCategorical2,
  '--service-gone': tokens.colorChartsPaletteCategorical5,
} as CSSProperties;
