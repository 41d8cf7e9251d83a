import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const COMPRESSED = /\.(js|css|html|svg|json)$/;

/** Writes a .gz and a .br beside every file of text, which the server hands out as they are. */
function compressedBeside(): Plugin {
  return {
    name: 'compressed-beside',
    apply: 'build',
    async writeBundle({ dir }) {
      if (!dir) return;
      const files = await readdir(dir, { recursive: true });
      for (const file of files.filter((name) => COMPRESSED.test(name))) {
        const content = await readFile(join(dir, file));
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        await writeFile(join(dir, `${file}.gz`), await promisify(gzip)(content, { level: 9 }));
        await writeFile(
          join(dir, `${file}.br`),
          await promisify(brotliCompress)(content, { params }),
        );
      }
    },
  };
}

/**
 * Makes files of the fonts that Cloudscape's style sheet carries inside: a browser then loads only
 * those that a page uses, and the first page need not wait for any.
 */
function fontsAsFiles(): Plugin {
  const FONT = /url\(["']?data:font\/woff2;[^,]*base64,([A-Za-z0-9+/=]+)["']?\)/g;
  return {
    name: 'fonts-as-files',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const style of Object.values(bundle)) {
        if (style.type !== 'asset' || !style.fileName.endsWith('.css')) continue;
        style.source = String(style.source)
          .replace(FONT, (_whole, base64: string) => {
            const source = Buffer.from(base64, 'base64');
            const id = this.emitFile({ type: 'asset', name: 'font.woff2', source });
            return `url(/console/${this.getFileName(id)})`;
          })
          .replaceAll('@font-face{', '@font-face{font-display:swap;');
      }
    },
  };
}

/** What `vite dev` hands on to a running Roadstead. The Host stays, so that signatures hold. */
const SERVER = process.env.ROADSTEAD_ENDPOINT ?? 'http://127.0.0.1:8747';
const toServer = { target: SERVER, changeOrigin: false };

/**
 * The tokens of the components in use. The package of tokens is released on its own: its names are
 * those of other components, and a name that nobody sets is the light colour, in the dark too.
 */
const TOKENS = join(
  import.meta.dirname,
  'node_modules/@cloudscape-design/components/internal/generated/styles/tokens.js',
);

export default defineConfig({
  base: '/console/',
  resolve: { alias: { '@cloudscape-design/design-tokens': TOKENS } },
  plugins: [react(), fontsAsFiles(), compressedBeside()],
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  server: {
    proxy: {
      '^/$': toServer,
      '^/(events|changes|service/)': toServer,
      '^/console/(sign-in|config\\.json)$': toServer,
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test.setup.ts'],
  },
});
