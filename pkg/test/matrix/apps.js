/** Apps that a server renders: started as their reader starts them, and watched in a browser from the first moment. */
import { readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { join } from 'node:path';
import { root } from '../support.js';
import { reported } from './browsers.js';
import { started } from './group.js';
import { bodyOf, host } from './host.js';

const probe = readFileSync(join(root, 'pkg', 'test', 'matrix', 'pages', 'probe.js'), 'utf8');

/** A port that nobody listens at. @returns {Promise<number>} */
export const freePort = () =>
  new Promise((found, failed) => {
    const server = createServer().once('error', failed).listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => found(port));
    });
  });

/**
 * Starts a server of an app and waits until it listens.
 * @param {string} cwd @param {string[]} args of Node @param {Record<string, string>} env
 */
export async function serve(cwd, args, env) {
  const port = await freePort();
  const { ended, said, close } = started(process.execPath, args, { cwd, stdout: true, env: { ...process.env, ...env, PORT: String(port), NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' } });
  // By name: Next's development server takes an address for another host.
  const origin = `http://localhost:${port}`;
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${origin}/does-not-exist`, { redirect: 'manual' }).then(() => true, () => false);
    if (up) return { origin, close, said };
    if (tries > 240 || ended()) {
      await close();
      throw new Error(`node ${args.join(' ')} does not listen: ${said()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * A host in front of an app: it puts the probe before all else into each page, and has the ruleset, which the page
 * changes when it has come alive.
 * @param {string} before the ruleset @param {string} after the one from the change on
 */
export async function front(before, after) {
  /** @type {(report: any) => void} */
  let tell = () => {};
  const report = new Promise((resolve) => (tell = resolve));
  const state = { app: '', ruleset: before, asked: 0, paths: /** @type {string[]} */ ([]) };
  const { origin, close, server } = await host(async (request, response) => {
    const { url = '/', method, headers } = request;
    state.paths.push(url);
    if (method === 'POST' && url === '/probe/change') {
      state.ruleset = after;
      return response.writeHead(204).end();
    }
    if (method === 'POST' && url === '/probe/report') {
      tell(JSON.parse(await bodyOf(request)));
      return response.writeHead(204).end();
    }
    if (url === '/ruleset.json') {
      state.asked++;
      return response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache', 'access-control-allow-origin': '*' }).end(state.ruleset);
    }
    const answer = await new Promise((resolve, reject) => {
      ask(state.app + url, { method, headers: { ...headers, 'accept-encoding': 'identity' } }, resolve).once('error', reject).end();
    });
    const page = /html/.test(answer.headers['content-type'] ?? '');
    const { 'content-length': length, ...rest } = answer.headers;
    response.writeHead(answer.statusCode, page ? rest : answer.headers);
    let injected = !page;
    for await (const chunk of answer) {
      if (injected) response.write(chunk);
      else {
        const text = String(chunk);
        const whole = text.replace('<head>', () => `<head><script>${probe}</script>`);
        injected = whole !== text;
        response.write(whole);
      }
    }
    response.end();
  });
  // What development servers tell their pages.
  server.on('upgrade', ({ url, headers }, socket) => {
    const upstream = ask(state.app + url, { headers: { ...headers, origin: state.app } });
    upstream.once('upgrade', ({ headers }, other, head) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      other.unshift(head);
      other.pipe(socket).pipe(other);
      for (const [one, another] of [[socket, other], [other, socket]]) one.once('error', () => another.destroy()).once('close', () => another.destroy());
    });
    upstream.once('error', () => socket.destroy()).once('response', () => socket.destroy()).end();
  });
  return { origin, close, report, state };
}

/** What a page in Chromium reports of itself. @param {Awaited<ReturnType<typeof front>>} site @param {string} path */
export const watched = (site, path = '/') => reported('Chromium', 120, { ...site, origin: site.origin.replace('127.0.0.1', 'localhost') }, path);
