import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

/** A page is loaded when it is first opened, which takes a while on a busy machine. */
const PATIENCE_MS = 20_000;
configure({ asyncUtilTimeout: PATIENCE_MS });
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
});
