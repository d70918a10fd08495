/**
 * Follows the ruleset at an address: a host such as `serin serve` names, in a header, an event stream that tells
 * which of its paths have changed.
 */
import { parsed } from './outline.js';

/** @type {EventSource | undefined} */
let stream;

/**
 * From now on, and instead of what was followed before.
 * @param {string} address of the ruleset @param {string | null} events the path of the stream; none: it is not followed
 * @param {() => void} changed
 */
export function follow(address, events, changed) {
  stream?.close();
  stream = undefined;
  if (events === null) return;
  const { origin, pathname } = new URL(address);
  stream = new EventSource(new URL(events, origin));
  stream.addEventListener('change', ({ data }) => {
    const paths = parsed(data);
    if (Array.isArray(paths) && paths.includes(pathname)) changed();
  });
}
