/** Opens a page in a real browser, without a driver: the page itself reports to its host. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { started } from './group.js';
import { onPath } from './need.js';

const chromium = onPath(['chromium', 'chromium-browser', 'google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']);
const firefox = onPath(['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']);
const display = onPath(['xvfb-run']);
const webkit = display === undefined ? undefined : miniBrowser();

/** WebKitGTK's browser for tests, which lies with its library. */
function miniBrowser() {
  const architectures = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')) : [];
  const folders = [...architectures.map((name) => join('/usr/lib', name)), '/usr/lib', '/usr/libexec', '/usr/lib64'];
  return folders.flatMap((folder) => ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((name) => join(folder, name, 'MiniBrowser'))).find((file) => existsSync(file));
}

/**
 * How each is started, with a profile of its own.
 * @type {Record<string, { found: string | undefined, how: string, command: (profile: string, url: string) => string[] }>}
 */
export const browsers = {
  Chromium: {
    found: chromium, how: 'on Debian: apt-get install chromium',
    command: (profile, url) => [
      String(chromium), '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', `--user-data-dir=${profile}`, url,
    ],
  },
  Firefox: {
    found: firefox, how: 'on Debian: apt-get install firefox-esr',
    command: (profile, url) => [String(firefox), '--headless', '--no-remote', '--profile', profile, url],
  },
  WebKitGTK: {
    found: webkit, how: 'on Debian: apt-get install webkit2gtk-driver xvfb',
    command: (_, url) => [String(display), '-a', String(webkit), url],
  },
};

/**
 * Opens a page until it is closed, which ends the browser and removes its profile.
 * @param {keyof typeof browsers} name @param {string} url
 */
export function open(name, url) {
  const profile = mkdtempSync(join(tmpdir(), 'serin-browser-'));
  const [program, ...args] = browsers[name].command(profile, url);
  const { said, close } = started(program, args, { env: { ...process.env, HOME: profile, XDG_RUNTIME_DIR: profile, MOZ_CRASHREPORTER_DISABLE: '1' } });
  return {
    said,
    close: async () => {
      await close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/**
 * Opens a page and waits for what it reports; its site is closed then.
 * @param {keyof typeof browsers} name @param {number} seconds that it has
 * @param {{ origin: string, close: () => void, report: Promise<any> }} site @param {string} path
 */
export async function reported(name, seconds, { origin, close, report }, path) {
  const page = open(name, origin + path);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not report within ${seconds} seconds: ${page.said()}`)), seconds * 1000);
  });
  try {
    return await Promise.race([report, late]);
  } finally {
    clearTimeout(timer);
    await page.close();
    close();
  }
}
