/**
 * The page's state as the fragment of its address, which no server sees: `#1.` and base64url of deflated JSON,
 * or `#from=ADDRESS` for a ruleset of a host. Whatever stands there is hostile: it becomes text or it becomes
 * nothing.
 */
import { FIRST, LAST } from './instant.js';
import { member } from './outline.js';
import { PANES } from './state.js';

/** @typedef {import('./state.js').Pane} Pane */
/** @typedef {{ pane?: Pane, ruleset?: string, proposed?: string, context?: string, instant?: number | null, span?: { from: number, to: number }, flag?: string, killed?: string[], from?: string }} Linked */

const FORMAT = '1.';

/** Bytes that a fragment may become: as long as a ruleset may be, twice. */
const LIMIT = 33_554_432;

/** @param {Linked} linked @returns {Promise<string>} a fragment, without its # */
export async function write(linked) {
  const stream = new Blob([JSON.stringify(linked)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return FORMAT + btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * What a fragment says. An empty one says nothing; rejects with words for the visitor if it is no fragment of ours.
 * @param {string} fragment without its # @returns {Promise<Linked>}
 */
export async function read(fragment) {
  if (fragment === '') return {};
  if (!fragment.startsWith(FORMAT)) {
    const named = new URLSearchParams(fragment);
    return known({ pane: named.get('pane') ?? undefined, from: named.get('from') ?? undefined, flag: named.get('flag') ?? undefined });
  }
  try {
    const coded = fragment.slice(FORMAT.length).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(coded), (unit) => unit.charCodeAt(0));
    return known(JSON.parse(await inflate(bytes)));
  } catch (error) {
    throw new Error(`the link is damaged or was cut off (${error instanceof Error ? error.message : error}): ask for it anew`);
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    // A few bytes can become many.
    if (length > LIMIT) {
      await reader.cancel();
      throw new Error('it holds more than a ruleset may');
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Only members that we know, of the types that they have. @param {unknown} value @returns {Linked} */
function known(value) {
  if (typeof value !== 'object' || value === null) return {};
  const has = (/** @type {string} */ name) => /** @type {unknown} */ (member(value, name));
  /** @type {Linked} */
  const linked = {};
  for (const name of /** @type {const} */ (['ruleset', 'proposed', 'context', 'flag', 'from'])) {
    const text = has(name);
    if (typeof text === 'string') linked[name] = text;
  }
  const [pane, instant, killed] = [has('pane'), has('instant'), has('killed')];
  if (typeof pane === 'string' && Object.hasOwn(PANES, pane)) linked.pane = /** @type {Pane} */ (pane);
  // The clock, where nothing said would be the example's own instant.
  if (instant === null) linked.instant = null;
  if (isInstant(instant)) linked.instant = Math.trunc(instant);
  const [from, to] = [member(has('span'), 'from'), member(has('span'), 'to')];
  if (isInstant(from) && isInstant(to) && Math.trunc(from) < Math.trunc(to)) linked.span = { from: Math.trunc(from), to: Math.trunc(to) };
  if (Array.isArray(killed)) linked.killed = killed.filter((key) => typeof key === 'string');
  return linked;
}

/** @param {unknown} value @returns {value is number} */
const isInstant = (value) => typeof value === 'number' && value >= FIRST && value <= LAST;
