/**
 * What the module of the command-line tool cannot reach: addresses, git, and standard input, which a run
 * that is repeated would find empty. A question is a file; its answer is two files beside it: what there
 * is to say, and the bytes. `src/cli/host/wasi.rs` asks, and words what went wrong.
 */
import { spawnSync } from 'node:child_process';
import { read as readFrom, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join, parse } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Redirects that are followed. */
const REDIRECTS = 10;

/** @typedef {{ status: number } | { failure: string, words?: string } | { found: boolean, words: string } | { words?: string }} Said */

/**
 * Answers a question.
 * @param {string} file
 */
export async function answer(file) {
  /** @type {{ fetch?: string, patience: number, most: number, gitShow?: string, serve?: import('./serve.js').Site, stdin?: number }} */
  const question = JSON.parse(readFileSync(file, 'utf8'));
  const [said, bytes] =
    question.fetch !== undefined ? await ask(question.fetch, question.patience, question.most)
    : question.gitShow !== undefined ? show(question.gitShow)
    : question.serve !== undefined ? await host(question.serve)
    : await standardInput(question.stdin ?? 0);
  const stem = file.replace(/question$/, '');
  writeFileSync(`${stem}bytes`, bytes);
  // The answer last: it says that all of it is there.
  writeFileSync(`${stem}answer`, JSON.stringify(said));
}

/**
 * Asks a host for what lies at an address. Not with `fetch`, which refuses ports of other services.
 * @param {string} address @param {number} patience milliseconds for the whole answer
 * @param {number} most bytes that are read
 * @returns {Promise<[Said, Uint8Array]>}
 */
async function ask(address, patience, most) {
  const none = new Uint8Array();
  const signal = AbortSignal.timeout(patience);
  try {
    for (let [redirects, url] = [0, new URL(address)]; ; redirects++) {
      const response = await get(url, signal);
      const { statusCode: status = 0, headers: { location } } = response;
      if (status === 200) return [{ status }, await body(response, most)];
      response.destroy();
      if (status < 300 || status >= 400 || location === undefined) return [{ status }, none];
      if (redirects === REDIRECTS) return [{ failure: 'redirects' }, none];
      url = new URL(location, url);
    }
  } catch (error) {
    // What a broken connection says, it says also when we break it.
    return [signal.aborted ? { failure: 'timeout' } : failure(/** @type {Error} */ (error)), none];
  }
}

/** @param {URL} url @param {AbortSignal} signal @returns {Promise<import('node:http').IncomingMessage>} */
function get(url, signal) {
  const { get } = url.protocol === 'https:' ? https : http;
  const headers = { 'user-agent': agent(), accept: '*/*' };
  return new Promise((answered, failed) => get(url, { signal, headers, agent: false }, answered).once('error', failed));
}

/** @param {import('node:http').IncomingMessage} response @param {number} most */
async function body(response, most) {
  const parts = [];
  let left = most;
  for await (const part of response) {
    parts.push(part.subarray(0, left));
    left -= part.length;
    if (left <= 0) break;
  }
  return Buffer.concat(parts);
}

/** Why there is no answer. @param {Error} error @returns {Said} */
function failure(error) {
  const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === 'ERR_INVALID_URL' || code === 'ERR_INVALID_PROTOCOL') return { failure: 'noAddress' };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { failure: 'noHost' };
  if (code === 'ECONNREFUSED') return { failure: 'refused' };
  if (code === 'ECONNRESET') return { failure: 'ended' };
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO/.test(code)) return { failure: 'insecure' };
  return { failure: code.startsWith('E') ? 'connection' : 'other', words: message };
}

/** How the tool names itself to hosts. */
function agent() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `serin/${version}`;
}

/**
 * What `git show` says of an object.
 * @param {string} object
 * @returns {[Said, Uint8Array]}
 */
function show(object) {
  const { error, status, stdout, stderr } = spawnSync('git', ['show', '--end-of-options', object], { maxBuffer: Infinity });
  if (error) {
    const { code, errno } = /** @type {NodeJS.ErrnoException} */ (error);
    const words = code === 'ENOENT' ? 'No such file or directory' : error.message;
    return [{ words: errno === undefined ? words : `${words} (os error ${Math.abs(errno)})` }, new Uint8Array()];
  }
  return [{ found: status === 0, words: stderr.toString() }, stdout];
}

/**
 * Serves until the process is ended.
 * @param {import('./serve.js').Site} site
 * @returns {Promise<[Said, Uint8Array]>} why it could not begin
 */
async function host(site) {
  const { serve } = await import('./serve.js');
  const own = (/** @type {string} */ place) => join(parse(process.cwd()).root, place);
  const words = await serve({ ...site, root: own(site.root), playground: site.playground && own(site.playground) });
  return [{ words }, new Uint8Array()];
}

/**
 * What standard input has. Not read in one call that waits: a signal would end nothing.
 * @param {number} most bytes that are read
 * @returns {Promise<[Said, Uint8Array]>}
 */
async function standardInput(most) {
  const from = promisify(readFrom);
  const parts = [];
  for (let left = most; left > 0; ) {
    const part = Buffer.allocUnsafe(Math.min(left, 1 << 16));
    let read;
    try {
      read = (await from(0, part, 0, part.length, null)).bytesRead;
    } catch (error) {
      const { code, errno, message } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'EOF') break;
      if (code === 'EAGAIN') {
        // Somebody made it non-blocking; nothing has come yet.
        await pause(10);
        continue;
      }
      return [{ words: code === 'EISDIR' ? `Is a directory (os error ${Math.abs(errno ?? 0)})` : message }, new Uint8Array()];
    }
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    left -= read;
  }
  return [{}, Buffer.concat(parts)];
}
