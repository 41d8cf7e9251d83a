/** Addresses of pages, for what needs them whole. */
import { BASE, region } from '../session/region';

export function hrefOf(path: string): string {
  return `${BASE}/${region()}${path}`;
}
