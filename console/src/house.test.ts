/** The layers of docs/design/console.md, kept by reading every import of the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { expect, test } from 'vitest';

interface Import {
  readonly from: string;
  readonly to: string;
  /** `import('…')`: it is loaded when it is needed, and nothing of it before. */
  readonly isLazy: boolean;
}

const IMPORT = /(\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)'(\.{1,2}\/[^']*)'/g;

function importsOf(file: string, source: string): Import[] {
  return [...source.matchAll(IMPORT)].map(([, how = '', path = '']) => ({
    from: file,
    to: posix.join(posix.dirname(file), path),
    isLazy: how.includes('('),
  }));
}

/** Which folders each may import from, besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  session: [],
  aws: ['session'],
  live: ['aws', 'session'],
  widgets: ['live', 'aws', 'session', 'app'],
  pages: ['widgets', 'live', 'aws', 'session', 'app'],
};

/** Opens pages for tests, wherever they are. */
const TESTED_PAGE = 'test.page';

/** What is wrong with an import and what would be right; undefined if nothing is. */
function problemOf({ from, to, isLazy }: Import): string | undefined {
  const [layer = '', folder = ''] = from.split('/');
  const [target = '', page = ''] = to.split('/');
  const said = `${from} imports ${to}: `;
  if (layer === 'pages' && target === 'pages' && folder !== page) {
    return `${said}a page's folder is its own. Move what two pages need to widgets/, or to live/ if it asks.`;
  }
  if (layer === 'app' && target === 'pages' && !isLazy) {
    return `${said}pages are loaded when they are opened. Import it with lazy(() => import('…')).`;
  }
  if (target === TESTED_PAGE && from.endsWith('.test.tsx')) return undefined;
  const allowed = LAYERS[layer];
  if (!allowed || target === layer) return undefined;
  if (!allowed.includes(target)) {
    const folders = allowed.length ? allowed.map((one) => `${one}/`).join(', ') : 'itself';
    return `${said}${layer}/ may import from ${folders} only. Move what it needs there, or have it handed in.`;
  }
  return undefined;
}

function sources(): string[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => /\.tsx?$/.test(name));
}

test("sources import what is below them, and no page what is another page's", () => {
  const imports = sources().flatMap((file) =>
    importsOf(file, readFileSync(join(import.meta.dirname, file), 'utf8')),
  );
  expect(imports.length).toBeGreaterThan(500);
  expect(imports.flatMap((one) => problemOf(one) ?? [])).toEqual([]);
});

test.each([
  ['pages/a/A.tsx', "import { b } from '../b/b';", "a page's folder is its own"],
  ['pages/a/deep/A.tsx', "import type { B } from '../../b/b';", "a page's folder is its own"],
  ['pages/a/A.tsx', "import '../b/b.css';", "a page's folder is its own"],
  ['pages/a/A.tsx', "lazy(() => import('../b/b'))", "a page's folder is its own"],
  ['pages/a/A.tsx', "export { b } from '../b/b';", "a page's folder is its own"],
  ['widgets/A.tsx', "import { b } from '../pages/b/b';", 'widgets/ may import from'],
  ['live/a.ts', "import { b } from '../widgets/b';", 'live/ may import from aws/, session/ only'],
  ['session/a.ts', "import { b } from '../aws/b';", 'session/ may import from itself only'],
  ['widgets/A.tsx', "import { openPage } from '../test.page';", 'widgets/ may import from'],
  ['app/App.tsx', "import B from '../pages/b/B';", 'pages are loaded when they are opened'],
])('in %s, %s is told', (file, line, told) => {
  expect(importsOf(file, line).map(problemOf)).toEqual([expect.stringContaining(told)]);
});

test.each([
  ['pages/a/A.tsx', "import { b } from './b';"],
  ['pages/a/deep/A.tsx', "import { b } from '../b';"],
  ['pages/a/A.tsx', "import { b } from '../../widgets/b';"],
  ['app/routes.tsx', "const B = lazy(() => import('../pages/b/B'));"],
  ['main.tsx', "import { App } from './app/App';"],
  ['pages/a/A.test.tsx', "import { openPage } from '../../test.page';"],
])('in %s, %s is as it should be', (file, line) => {
  expect(importsOf(file, line).map(problemOf)).toEqual([undefined]);
});

test('only what is loading is told by a StatusIndicator: it breaks words anywhere, a Sign does not', () => {
  const broken = sources().filter((file) =>
    /<StatusIndicator(?!\s+type="loading")/.test(
      readFileSync(join(import.meta.dirname, file), 'utf8'),
    ),
  );
  expect(broken.filter((file) => file !== 'house.test.ts')).toEqual([]);
});
