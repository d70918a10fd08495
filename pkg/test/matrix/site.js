/** The site of the pages: static files, a content security policy, and hosts that do it wrong. */
import { createReadStream, existsSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { bodyOf, host } from './host.js';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm',
});

/**
 * Serves a folder. What is posted to `/report` resolves `report`.
 * @param {string} folder @param {string} scripts the policy's `script-src` @param {string} connect hosts beside its own
 */
export async function site(folder, scripts, connect = '') {
  /** @type {(report: any) => void} */
  let reported = () => {};
  const report = new Promise((resolve) => (reported = resolve));
  let failed = false;
  const { origin, close } = await host(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname));
    if (request.method === 'POST') {
      reported(JSON.parse(await bodyOf(request)));
      return response.writeHead(204).end();
    }
    const octets = path.startsWith('/octets/');
    const once = path.startsWith('/once/') && path.endsWith('.wasm');
    if (once && !failed) {
      failed = true;
      return response.writeHead(503).end('later');
    }
    const file = join(folder, path.replace(/^\/(octets|plain|once)\//, '/node_modules/'), path === '/' ? 'index.html' : '');
    const type = TYPES[extname(file)];
    if (type === undefined || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': octets && type === TYPES['.wasm'] ? 'application/octet-stream' : type,
      'content-security-policy': `default-src 'none'; script-src ${scripts}; worker-src 'self'; connect-src 'self' ${connect}`,
      'cache-control': 'no-store',
      // A development server's page reads the cases here.
      'access-control-allow-origin': '*',
    });
    createReadStream(file).pipe(response);
  });
  return { origin, close, report };
}
