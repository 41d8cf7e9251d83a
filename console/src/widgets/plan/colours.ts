/** Cloudscape's colours under the names that plan.css uses: its own names change with versions. */
import {
  borderRadiusBadge,
  colorBorderDividerDefault,
  colorTextBodyDefault,
  colorTextBodySecondary,
  colorTextStatusError,
  colorTextStatusSuccess,
  colorTextStatusWarning,
  fontFamilyBase,
} from '@cloudscape-design/design-tokens';
import type { CSSProperties } from 'react';

export const COLOURS = {
  '--plan-text': colorTextBodyDefault,
  '--plan-quiet': colorTextBodySecondary,
  '--plan-grid': colorBorderDividerDefault,
  '--plan-start': colorTextStatusSuccess,
  '--plan-stop': colorTextStatusError,
  '--plan-short': colorTextStatusWarning,
  '--plan-radius': borderRadiusBadge,
  '--plan-font': fontFamilyBase,
} as CSSProperties;
