/** WebKitGTK, driven through its own driver: the few commands of WebDriver that the tests need. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './apps.js';
import { browsers } from './browsers.js';
import { started } from './group.js';
import { onPath } from './need.js';

export const webkitDriver = browsers.WebKitGTK.found && onPath(['WebKitWebDriver']);

/** A session in a browser of its own, until it is closed. */
export async function webkit() {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'serin-webkit-'));
  const { ended, said, close: end } = started(/** @type {string} */ (onPath(['xvfb-run'])), ['-a', String(webkitDriver), `--port=${port}`], { env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home } });
  const close = async () => {
    await end();
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  const command = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKitGTK: ${value.error}: ${value.message} ${said()}`);
    return value;
  };
  try {
    for (let tries = 0; ; tries++) {
      if (await fetch(`http://127.0.0.1:${port}/status`).then(() => true, () => false)) break;
      if (tries > 200 || ended()) throw new Error(`WebKitWebDriver does not listen: ${said()}`);
      await new Promise((later) => setTimeout(later, 100));
    }
    const options = { binary: browsers.WebKitGTK.found, args: ['--automation'] };
    const { sessionId } = await command('/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } });
    const session = `/session/${sessionId}`;
    return {
      close,
      /** @param {string} url */
      open: (url) => command(`${session}/url`, { url }),
      /** What a function in the page returns. @param {(...args: any[]) => unknown} work @param {unknown[]} args */
      run: (work, ...args) => command(`${session}/execute/sync`, { script: `return (${work}).apply(null, arguments)`, args }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
