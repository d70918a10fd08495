/**
 * A static host on loopback that misbehaves: for every way in which a host can fail, a path. Knows no
 * preflight, as most static hosts do not: `Access-Control-Allow-Origin: *`, and 405 to OPTIONS.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

const ORIGIN = { 'access-control-allow-origin': '*' };
const JSON_TYPE = { ...ORIGIN, 'content-type': 'application/json' };

/** @param {string | Uint8Array} body */
const tag = (body) => `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;

/** Writes for as long as somebody reads. @param {Response} response @param {string} start @param {string} more */
function endless(response, start, more) {
  response.writeHead(200, JSON_TYPE);
  response.write(start);
  const part = more.repeat(Math.ceil(65_536 / more.length));
  const pump = () => {
    if (!response.destroyed && response.write(part)) setImmediate(pump);
  };
  response.on('drain', pump);
  pump();
}

/**
 * What a host may do, by name; each is also the name of a path.
 * @type {Record<string, (response: Response, body: string, request: Request) => void>}
 */
export const MODES = {
  /** As it should be, with an entity tag that is honoured. */
  good(response, body, request) {
    const etag = tag(body);
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { ...ORIGIN, etag }).end();
    response.writeHead(200, { ...JSON_TYPE, etag }).end(body);
  },
  /** Ten pieces, so that a reader sees chunks. */
  pieces(response, body) {
    response.writeHead(200, JSON_TYPE);
    const bytes = Buffer.from(body);
    const size = Math.ceil(bytes.length / 10);
    let at = 0;
    const next = () => {
      if (at >= bytes.length) return void response.end();
      response.write(bytes.subarray(at, (at += size)), () => setImmediate(next));
    };
    next();
  },
  gzip: (response, body) => void response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(gzipSync(body)),
  /** Nothing else but the one header that lets a page read it: no entity tag, no length, no type. */
  bare(response, body) {
    response.writeHead(200, ORIGIN);
    response.end(body);
  },
  'wrong-type': (response, body) => void response.writeHead(200, { ...ORIGIN, 'content-type': 'text/html' }).end(body),
  slow: (response, body) => void setTimeout(() => response.writeHead(200, JSON_TYPE).end(body), 300),
  hanging() {},
  /** The head and half of the body, and then nothing more. */
  stalled(response, body) {
    response.writeHead(200, JSON_TYPE);
    response.write(body.slice(0, body.length / 2));
  },
  /** Less than the length it announced. */
  truncated(response, body) {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2), () => response.destroy());
  },
  /** Whole by the rules of HTTP, and half a document. */
  half: (response, body) => void response.writeHead(200, JSON_TYPE).end(body.slice(0, body.length / 2)),
  'gzip-cut'(response, body) {
    const whole = gzipSync(body);
    response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length / 2));
  },
  /** A host's own page in place of what is missing. */
  html: (response) => void response.writeHead(200, { ...ORIGIN, 'content-type': 'text/html' }).end('<!doctype html><title>Not here</title>'),
  empty: (response) => void response.writeHead(200, JSON_TYPE).end(),
  'no-content': (response) => void response.writeHead(204, ORIGIN).end(),
  /** Not modified, whatever was asked. */
  304: (response) => void response.writeHead(304, ORIGIN).end(),
  404: (response) => void response.writeHead(404, JSON_TYPE).end('{}'),
  500: (response) => void response.writeHead(500, JSON_TYPE).end('{"error":"internal"}'),
  503: (response) => void response.writeHead(503, { ...JSON_TYPE, 'retry-after': '1' }).end(),
  reset: (response) => void response.socket?.resetAndDestroy(),
  loop: (response, _, request) => void response.writeHead(302, { ...ORIGIN, location: request.url }).end(),
  /** A document that never ends, and is none at its first byte. */
  'endless-nonsense': (response) => endless(response, '<', 'nonsense '),
  /** A document that never ends, and has no fault so far. */
  endless: (response) => endless(response, '{"format":1,"flags":{},"x-', 'long'),
  newer: (response) => void response.writeHead(200, JSON_TYPE).end('{"format":2,"flags":{"colour":{"variants":{"new":"new"},"serve":"new"}}}'),
};

/** The ways that never give a document which can be used, and end within a time-out. */
export const FAILURES = Object.keys(MODES).filter((mode) => !['good', 'pieces', 'gzip', 'bare', 'wrong-type', 'slow'].includes(mode));

/**
 * Starts a host. `/ruleset.json` does what `mode` says at that time; `/` and the name of a mode does
 * that, and `/become/` with it sets the mode, for pages. What is served is `document`, a text.
 * @param {string} document
 */
export async function startHost(document) {
  /** @type {{ url: string, method: string, headers: import('node:http').IncomingHttpHeaders }[]} */
  const requests = [];
  const state = { document, mode: 'good', requests, origin: '', url: '', at: (/** @type {string} */ _mode) => '', close: async () => {} };
  const server = createServer((request, response) => {
    const { url = '/', method = '' } = request;
    requests.push({ url, method, headers: request.headers });
    response.on('error', () => {});
    if (method !== 'GET') return void response.writeHead(405, ORIGIN).end();
    const [path] = url.slice(1).split('?');
    if (path.startsWith('become/')) {
      state.mode = path.slice('become/'.length);
      return void response.writeHead(204, ORIGIN).end();
    }
    const mode = MODES[path === 'ruleset.json' ? state.mode : path];
    if (mode === undefined) return void response.writeHead(404).end();
    mode(response, state.document, request);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  state.origin = `http://127.0.0.1:${port}`;
  state.url = `${state.origin}/ruleset.json`;
  state.at = (mode) => `${state.origin}/${mode}`;
  state.close = () => new Promise((closed) => {
    server.close(() => closed(undefined));
    server.closeAllConnections();
  });
  return state;
}
