import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { createEdge } from 'serin';

const port = Number(process.env.PORT ?? 3000);
const vite = process.argv.includes('--dev') && (await (await import('vite')).createServer({ appType: 'custom', server: { middlewareMode: true } }));
const { render } = vite ? await vite.ssrLoadModule('/src/server.jsx') : await import('./dist/server/server.js');

// One ruleset for all requests, at most a minute older than the host's.
const edge = createEdge({ url: process.env.RULESET ?? `http://localhost:${port}/ruleset.json`, onError: console.error });

/** Who asks; your app knows it from a session. */
function contextsOf({ searchParams }) {
  return {
    visitor: { targetingKey: searchParams.get('user') ?? 'mia', country: searchParams.get('country') ?? 'NZ' },
    company: { targetingKey: searchParams.get('company') ?? 'acme', plan: searchParams.get('plan') ?? 'paid' },
  };
}

/** JSON inside of an element: no value may end it. */
const written = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');

async function page(request, response, url) {
  const domains = {};
  for (const [domain, context] of Object.entries(contextsOf(url))) {
    domains[domain] = { context, snapshot: (await edge.at(request, context)).snapshot() };
  }
  const html = await readFile(vite ? 'index.html' : 'dist/index.html', 'utf8');
  const whole = vite ? await vite.transformIndexHtml(request.url, html) : html;
  const [before, after] = whole.replace('<!--flags-->', () => written(domains)).split('<!--app-->');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write(before);
  // No ruleset has come yet: the page waits for one by itself.
  if (domains.visitor.snapshot) for await (const chunk of await render(domains)) response.write(chunk);
  response.end(after);
}

const TYPES = { '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

async function file(response, path) {
  const bytes = await readFile(join('dist', path));
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(bytes);
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  try {
    if (url.pathname === '/') await page(request, response, url);
    else if (vite) vite.middlewares(request, response);
    else await file(response, url.pathname);
  } catch (error) {
    console.error(error);
    response.headersSent ? response.destroy() : response.writeHead(404).end();
  }
}).listen(port, () => console.log(`http://localhost:${port}`));
