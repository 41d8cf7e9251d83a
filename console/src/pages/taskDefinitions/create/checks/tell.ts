/** How a check tells of what is wrong. */
import type { Path } from '../draft';

export type Tell = (path: Path, message: string) => void;

/** What families, containers and volumes may be called. */
export const NAME = /^[A-Za-z0-9_-]{1,255}$/;
