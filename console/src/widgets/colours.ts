/** Cloudscape's colours under the names that our own styles use: its names change with versions. */
import {
  borderRadiusControlDefaultFocusRing,
  colorBorderItemFocused,
  colorTextLinkDefault,
  colorTextLinkHover,
  colorTextStatusError,
  colorTextStatusInactive,
  colorTextStatusInfo,
  colorTextStatusSuccess,
  colorTextStatusWarning,
} from '@cloudscape-design/design-tokens';

const COLOURS = {
  '--link': colorTextLinkDefault,
  '--link-hover': colorTextLinkHover,
  '--focus': colorBorderItemFocused,
  '--focus-radius': borderRadiusControlDefaultFocusRing,
  '--sign-success': colorTextStatusSuccess,
  '--sign-error': colorTextStatusError,
  '--sign-warning': colorTextStatusWarning,
  '--sign-info': colorTextStatusInfo,
  '--sign-quiet': colorTextStatusInactive,
};

/** Once, at the start: they follow light and dark by themselves. */
export function nameColours(): void {
  for (const [name, colour] of Object.entries(COLOURS)) {
    document.body.style.setProperty(name, colour);
  }
}
