// The files that pages load: read once, named by their content, so that a browser keeps them for ever and a new version is seen at once.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import express, { type Router } from 'express';

interface Asset {
  type: string;
  plain: Buffer;
  /** Made at the first request for it. */
  packed: Partial<Record<'br' | 'gzip', Buffer>>;
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const require = createRequire(import.meta.url);
const theirs = [
  'htmx.org/dist/htmx.min.js',
  'htmx.org/dist/ext/hx-sse.min.js',
  'uplot/dist/uPlot.iife.min.js',
  'uplot/dist/uPlot.min.css',
];
/** Not among its package's exports, but beside them. */
const passkeys = join(require.resolve('@simplewebauthn/browser'), '../../dist/bundle/index.umd.min.js');
const year = 'public, max-age=31536000, immutable';

export function loadAssets(): { url(name: string): string; router: Router } {
  const served = new Map<string, Asset>();
  const urls = new Map<string, string>();
  for (const path of files()) {
    const plain = readFileSync(path);
    const url = `/static/${createHash('sha256').update(plain).digest('base64url').slice(0, 8)}/${basename(path)}`;
    served.set(url, { type: types[extname(path)] ?? 'application/octet-stream', plain, packed: {} });
    urls.set(basename(path), url);
  }
  const url = (name: string) => {
    const found = urls.get(name);
    if (found === undefined) throw new Error(`There is no file ${name} in web/static`);
    return found;
  };
  const router = express.Router();
  router.get('/favicon.ico', (_req, res) => res.redirect(302, url('favicon.svg')));
  router.use((req, res, next) => {
    const asset = req.method === 'GET' || req.method === 'HEAD' ? served.get(req.path) : undefined;
    if (asset === undefined) return next();
    const encoding = req.acceptsEncodings('br', 'gzip');
    res.set({ 'Content-Type': asset.type, 'Cache-Control': year, Vary: 'Accept-Encoding' });
    if (encoding === 'br' || encoding === 'gzip') res.set('Content-Encoding', encoding);
    const bytes = encoding === 'br' || encoding === 'gzip' ? packed(asset, encoding) : asset.plain;
    res.set('Content-Length', String(bytes.length)).end(req.method === 'HEAD' ? undefined : bytes);
  });
  return { url, router };
}

function files(): string[] {
  const folder = join(import.meta.dirname, 'static');
  const ours = readdirSync(folder).filter(name => extname(name) in types);
  return [...ours.map(name => join(folder, name)), ...theirs.map(name => require.resolve(name)), passkeys];
}

function packed(asset: Asset, encoding: 'br' | 'gzip'): Buffer {
  asset.packed[encoding] ??=
    encoding === 'gzip'
      ? gzipSync(asset.plain, { level: 9 })
      : brotliCompressSync(asset.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return asset.packed[encoding];
}
