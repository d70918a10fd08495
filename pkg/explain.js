/** The steps of an explanation: words of the module, told with the document's own text. */
import { decoder } from './source.js';

const ANSWERS = ['false', 'true'];
const FOUND = ['absent', 'unreadable', 'unfit', 'fit'];

/**
 * @param {Uint32Array} words five a step, see `Steps` in `src/trace.rs`
 * @param {Uint8Array} bytes the document
 * @param {(segment: boolean, index: number) => string} name of a flag or segment
 */
export function steps(words, bytes, name) {
  const list = [];
  /** @type {{ flag?: string, segment?: string }} */
  let of = {};
  for (let at = 0; at < words.length; at += 5) {
    const [kind, first, second, third, fourth] = words.subarray(at, at + 5);
    if (kind < 2) {
      of = kind === 0 ? { flag: name(false, first) } : { segment: name(true, first) };
    } else if (kind === 2) {
      const rule = second !== 0xffff ? { ruleIndex: second } : of.flag !== undefined ? { rule: 'require' } : {};
      list.push({
        ...of, ...rule, condition: json(bytes, first), answer: ANSWERS[fourth] ?? 'unknown', negated: third !== 0,
        ...(fourth > 1 ? { found: FOUND[fourth - 2] } : {}),
      });
    } else {
      list.push({ ...of, split: json(bytes, first), ...(second !== 0 ? { point: third } : {}) });
    }
  }
  return list;
}

/** The JSON object that begins at an offset. @param {Uint8Array} bytes @param {number} start */
function json(bytes, start) {
  let depth = 0;
  let string = false;
  let at = start;
  do {
    const byte = bytes[at++];
    if (string) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) string = false;
    } else if (byte === 0x22) {
      string = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  } while (depth > 0 && at < bytes.length);
  return JSON.parse(decoder.decode(bytes.subarray(start, at)));
}
