/**
 * The host of `npx serin serve`: connections, headers, files, and who waits for changes. What is not a file
 * (pages of folders, rulesets made of sources) the tool itself answers, in a process of its own; the native
 * tool is its own host, `src/cli/serve/http.rs`, and `tests/cli/serve.json` holds both to the same answers.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import http from 'node:http';
import { isIP } from 'node:net';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ root: string, playground: string | null, host: string, ports: [number, number], events: string, greeting: string, notes: string }} Site */
/** @typedef {{ status: number, type: string, location?: string, body: string | Buffer | { file: string } }} Made */

const METHODS = 'GET, HEAD, OPTIONS';
/** A larger file is not read whole, and known again by its size and time. */
const WHOLE = 16 << 20;
/** Milliseconds between two looks at the files, and looks after which those who wait are told that the host is there. */
const OFTEN = 250;
const BEAT = 60;
/** Files that are looked at, and folders in folders. */
const MOST = 20_000;
const DEPTH = 16;

const TEXT = 'text/plain; charset=utf-8';
const TYPES = /** @type {Record<string, string>} */ ({
  '.avif': 'image/avif', '.css': 'text/css; charset=utf-8', '.csv': 'text/csv; charset=utf-8', '.gif': 'image/gif', '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8', '.ico': 'image/vnd.microsoft.icon', '.jpeg': 'image/jpeg', '.jpg': 'image/jpeg', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.map': 'application/json', '.md': 'text/markdown; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8', '.png': 'image/png',
  '.svg': 'image/svg+xml', '.txt': TEXT, '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json', '.webp': 'image/webp', '.woff2': 'font/woff2',
});
const typeOf = (/** @type {string} */ file) => TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';

/**
 * Serves until the process is ended; resolves only where that cannot begin, to why.
 * @param {Site} site @param {(target: string) => Promise<Made> | Made} [other] answers to what is no file
 * @returns {Promise<string>}
 */
export async function serve(site, other = ask) {
  const watch = watching(site.root);
  const server = http.createServer((request, response) => {
    respond(site, other, watch, request, response).catch(() => send(request, response, plain(500, 'the file cannot be read')));
  });
  const [first, last] = site.ports;
  for (let port = first; ; port++) {
    const code = await new Promise((done) => {
      server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => done(error.code ?? error.message));
      server.listen(port, site.host, () => done(undefined));
    });
    server.removeAllListeners('error');
    if (code === undefined) break;
    if (code === 'EADDRINUSE' && port < last) continue;
    const known = /** @type {Record<string, string>} */ ({ EADDRINUSE: 'inUse', EACCES: 'denied', EADDRNOTAVAIL: 'notHere', ENOTFOUND: 'notHere', EAI_AGAIN: 'notHere' });
    return known[code] ?? code;
  }
  const { address, port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address] ?? (site.host.includes(':') ? `[${site.host}]` : site.host);
  process.stderr.write(site.notes);
  process.stdout.write(site.greeting.replaceAll('{origin}', `http://${name}:${port}`));
  // Whoever read the first lines may have seen enough of them.
  process.stdout.on('error', () => {});
  return new Promise(() => {});
}

/** @param {number} status @param {string} line @returns {Made} */
const plain = (status, line) => ({ status, type: TEXT, body: `${line}\n` });
/** There is nothing at a path. */
export const nothing = () => plain(404, 'there is nothing here; the list of what is here is at /');

/**
 * @param {Site} site @param {(target: string) => Promise<Made> | Made} other @param {ReturnType<typeof watching>} watch
 * @param {http.IncomingMessage} request @param {http.ServerResponse} response
 */
async function respond(site, other, watch, request, response) {
  const always = {
    'access-control-allow-origin': '*', 'access-control-expose-headers': 'serin-events', 'cache-control': 'no-cache', 'serin-events': site.events, 'x-content-type-options': 'nosniff',
  };
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
  const { method, headers } = request;
  let target = request.url ?? '/';
  let named = headers.host;
  // A request as to a proxy names the host in its address.
  if (/^https?:\/\//i.test(target) && URL.canParse(target)) {
    const url = new URL(target);
    named = url.host;
    target = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/');
  }
  if (!isHere(named, site.host)) {
    return send(request, response, plain(403, 'this is the host of a local folder, and answers to localhost or an address; with --host NAME also to that name'));
  }
  if (method === 'OPTIONS') {
    const allowed = { allow: METHODS, 'access-control-allow-methods': METHODS, 'access-control-allow-headers': '*', 'access-control-max-age': '600' };
    return void response.writeHead(204, allowed).end();
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', METHODS);
    return send(request, response, plain(405, 'only GET, HEAD and OPTIONS'));
  }
  const [path] = target.split('?', 1);
  if (path === site.events) return watch.tell(request, response);
  send(request, response, answer(site, path, target) ?? (await other(target)));
}

/** Whether the request was meant for this host, and not for a name that somebody lets lead here. @param {string | undefined} named @param {string} host */
function isHere(named, host) {
  const found = /^(?:\[([^\]]+)\]|([^:[\]/@]+))(?::\d*)?$/.exec(named ?? '');
  const name = (found?.[1] ?? found?.[2] ?? '').toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || (name !== '' && name === host.toLowerCase());
}

/** A file, or that there is none; undefined: it is made. @param {Site} site @param {string} path @param {string} target with its query @returns {Made | undefined} */
function answer({ root, playground }, path, target) {
  if (playground !== null && path.startsWith('/playground/')) {
    const names = namesOf(path.slice('/playground'.length));
    const file = names && (inside(playground, names.at(-1) === '' ? [...names, 'index.html'] : names) ?? own(names));
    return file !== undefined && statSync(file).isFile() ? { status: 200, type: typeOf(file), body: { file } } : nothing();
  }
  const names = namesOf(path);
  if (names === undefined) return nothing();
  const made = names.at(-1) === 'ruleset.json' && /[?&]env(?:[=&]|$)/.test(target) && inside(root, [...names.slice(0, -1), 'flags']) !== undefined;
  const place = made ? undefined : inside(root, names);
  const kind = place !== undefined && statSync(place);
  if (kind && kind.isFile() && names.at(-1) !== '') return { status: 200, type: typeOf(String(place)), body: { file: String(place) } };
  const index = kind && kind.isDirectory() && names.at(-1) === '' ? inside(root, [...names, 'index.html']) : undefined;
  if (index !== undefined && statSync(index).isFile()) return { status: 200, type: TYPES['.html'], body: { file: index } };
  return undefined;
}

/** A module of the playground that comes with the package, which has it once. @param {string[]} names */
function own(names) {
  const [folder, name] = names;
  if (names.length !== 2 || folder !== 'wasm' || !['core.wasm', 'tools_bg.wasm'].includes(name)) return undefined;
  return inside(dirname(realpathSync(new URL('../wasm/core.wasm', import.meta.url))), [name]);
}

/** The names on a path's way, decoded; undefined if no file is served under such a path. @param {string} path */
function namesOf(path) {
  const names = [];
  for (const encoded of path.slice(1).split('/')) {
    let name;
    try {
      name = decodeURIComponent(encoded);
    } catch {
      return undefined;
    }
    if (name.startsWith('.') || /[/\\\0-\x1f\x7f-\x9f]/.test(name) || (sep === '\\' && name.includes(':'))) return undefined;
    names.push(name);
  }
  return path.startsWith('/') && !names.slice(0, -1).includes('') ? names : undefined;
}

/** Where these names lead in a folder, links followed; undefined if it is not there, or lies outside, or is hidden. @param {string} root @param {string[]} names */
function inside(root, names) {
  let place;
  try {
    place = realpathSync(join(root, ...names.filter((name) => name !== '')));
  } catch {
    return undefined;
  }
  if (place === root) return place;
  const start = root.endsWith(sep) ? root : root + sep;
  return place.startsWith(start) && !place.slice(start.length).split(sep).some((name) => name.startsWith('.')) ? place : undefined;
}

/** What the tool answers to what is no file. @param {string} target @returns {Promise<Made>} */
async function ask(target) {
  const script = new URL('serin.js', import.meta.url);
  const given = process.argv.slice(2);
  // Behind `--` it would be another folder.
  const end = given.indexOf('--');
  given.splice(end < 0 ? given.length : end, 0, `--answer=${target}`);
  const child = spawn(process.execPath, [fileURLToPath(script), ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  for await (const part of child.stdout.setEncoding('utf8')) out += part;
  return JSON.parse(out);
}

/** @param {http.IncomingMessage} request @param {http.ServerResponse} response @param {Made} made */
function send(request, response, { status, type, location, body }) {
  if (response.headersSent) return void response.destroy();
  if (location !== undefined) response.setHeader('location', location);
  /** @type {Buffer | undefined} */
  let bytes;
  let known = '';
  if (typeof body === 'string' || Buffer.isBuffer(body)) bytes = Buffer.from(body);
  else {
    const { size, mtimeMs } = statSync(body.file);
    if (size <= WHOLE) bytes = readFileSync(body.file);
    else known = `${size} ${mtimeMs}`;
  }
  if (status === 200) {
    const tag = `"${createHash('sha256').update(bytes ?? known).digest('hex').slice(0, 16)}"`;
    response.setHeader('etag', tag);
    const wanted = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim());
    if (wanted.includes(tag) || wanted.includes('*')) return void response.writeHead(304).end();
  }
  response.setHeader('content-type', type);
  if (bytes !== undefined) return void response.writeHead(status, { 'content-length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes);
  response.writeHead(status);
  if (request.method === 'HEAD') return void response.end();
  createReadStream(/** @type {{ file: string }} */ (body).file).once('error', () => response.destroy()).pipe(response);
}

/** Who waits for changes, and the files as they were last seen. @param {string} root */
function watching(root) {
  /** @type {Set<http.ServerResponse>} */
  const waiting = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let before = new Map();
  let beat = BEAT;
  const look = () => {
    const now = seen(root);
    const paths = changed(before, now);
    before = now;
    beat--;
    if (paths.length === 0 && beat > 0) return;
    beat = BEAT;
    for (const response of waiting) response.write(paths.length === 0 ? ':\n\n' : `event: change\ndata: ${JSON.stringify(paths)}\n\n`);
  };
  return {
    /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
    tell(request, response) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (request.method === 'HEAD') return void response.end();
      response.write('retry: 1000\n\n');
      if (timer === undefined) {
        before = seen(root);
        timer = setInterval(look, OFTEN);
      }
      waiting.add(response);
      response.once('close', () => {
        waiting.delete(response);
        if (waiting.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}

/** Times and sizes, by path. @param {string} root @returns {Map<string, string>} */
function seen(root) {
  const found = new Map();
  /** @param {string} place @param {string[]} names @param {number} depth */
  const folder = (place, names, depth) => {
    for (const entry of entries(place)) {
      const { name } = entry;
      if (name.startsWith('.') || name === 'node_modules' || found.size >= MOST) continue;
      const file = join(place, name);
      const way = [...names, name];
      try {
        const kind = statSync(file);
        // A link to a folder may lead round in a circle.
        if (entry.isDirectory() && depth > 0) folder(file, way, depth - 1);
        else if (kind.isFile() && (!entry.isSymbolicLink() || inside(root, way) !== undefined)) found.set(encoded(way), `${kind.mtimeMs} ${kind.size}`);
      } catch {
        // It is gone already.
      }
    }
  };
  folder(root, [], DEPTH);
  return found;
}

/** Names as the path of an address. @param {string[]} names */
const encoded = (names) => names.map((name) => `/${encodeURIComponent(name).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)}`).join('');

/** @param {string} place */
function entries(place) {
  try {
    return readdirSync(place, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The paths that are answered differently now: files, and the rulesets that are made of them. @param {Map<string, string>} before @param {Map<string, string>} now */
function changed(before, now) {
  const files = [...now].filter(([path, seen]) => before.get(path) !== seen).map(([path]) => path);
  files.push(...[...before.keys()].filter((path) => !now.has(path)));
  const made = files.map((path) => /^(.*?)\/(?:flags|segments|env)\//.exec(path)).filter((found) => found !== null).map(([, folder]) => `${folder}/ruleset.json`);
  return [...new Set([...files, ...made])].sort();
}
