// Builds what the browser gets from npm packages: the islands, htmx, the icon sprite and the fonts.
// `node build.mjs` writes ../api/static/vendor; `node build.mjs --check` builds again and compares.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync, copyFileSync, readdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, '..', 'api', 'static', 'vendor');
const modules = join(here, 'node_modules');

const ISLANDS = ['diagram', 'editor-bpmn', 'editor-dmn', 'editor-form', 'editor-text'];

/* Of the icon fonts only the kind that every browser reads is taken; the others stay unread addresses. */
const fonts = {
  name: 'fonts',
  setup: ({ onResolve }) => onResolve({ filter: /\.(eot|ttf|svg|woff)([?#].*)?$/ }, ({ path, kind }) => kind === 'url-token' ? { path, external: true } : undefined)
};

/* The packages of bpmn.io bring several copies of one library, whose parts do not know each other: one is taken. */
const preact = {
  name: 'preact',
  setup: (build) => build.onResolve({ filter: /^(\.\.\/|@bpmn-io\/properties-panel\/)?preact(\/.*)?$/ }, ({ path, pluginData }) => pluginData ? undefined : build.resolve(path.replace(/^(\.\.|@bpmn-io\/properties-panel)\//, ''), { kind: 'import-statement', resolveDir: here, pluginData: true }))
};

async function islands(target) {
  const result = await build({
    entryPoints: Object.fromEntries(ISLANDS.map((name) => [name, join(here, 'src', `${name}.js`)])),
    outdir: target,
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]',
    loader: { '.woff2': 'file' },
    plugins: [fonts, preact],
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: here
  });
  return [...new Set(Object.keys(result.metafile.inputs).map(packageOf).filter(Boolean))];
}

function packageOf(input) {
  const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  return match && match[1];
}

function icons(target) {
  const names = JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8'));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, 'lucide-static', 'icons', `${name}.svg`), 'utf8');
    const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, '').trim()}</symbol>`;
  });
  const head = '<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide-static, ISC licence -->';
  writeFileSync(join(target, 'icons.svg'), `${head}\n${symbols.join('\n')}\n</svg>\n`);
}

function copies(target) {
  copyFileSync(join(modules, 'htmx.org', 'dist', 'htmx.min.js'), join(target, 'htmx.js'));
  const fonts = join(modules, '@fontsource-variable', 'source-sans-3');
  for (const subset of ['latin', 'latin-ext']) {
    copyFileSync(join(fonts, 'files', `source-sans-3-${subset}-wght-normal.woff2`), join(target, `source-sans-3-${subset}.woff2`));
  }
}

function legal(target, bundled) {
  const names = [...new Set([...bundled, 'htmx.org', 'lucide-static', '@fontsource-variable/source-sans-3'])].sort();
  const text = names.map((name) => {
    const folder = join(modules, name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const words = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `== ${name} ${version} (${license}) ==\n\n${words}\n`;
  });
  writeFileSync(join(target, 'LEGAL.txt'), text.join('\n\n'));
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

function manifest(target) {
  const outputs = readdirSync(target).filter((name) => name !== 'manifest.json').sort();
  const content = {
    lock: sha256(join(here, 'package-lock.json')),
    outputs: Object.fromEntries(outputs.map((name) => [name, sha256(join(target, name))]))
  };
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(content, null, 2)}\n`);
}

async function all(target) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const bundled = await islands(target);
  icons(target);
  copies(target);
  legal(target, bundled);
  manifest(target);
}

if (process.argv.includes('--check')) {
  const again = mkdtempSync(join(tmpdir(), 'akta-web-'));
  await all(again);
  const same = existsSync(join(vendor, 'manifest.json'))
    && readFileSync(join(vendor, 'manifest.json')).equals(readFileSync(join(again, 'manifest.json')));
  rmSync(again, { recursive: true });
  if (!same) {
    console.error('api/static/vendor is not what web/ builds: run "npm run build" in web/.');
    process.exit(1);
  }
} else {
  await all(vendor);
}
