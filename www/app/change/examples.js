/**
 * Changes of the example that show what the pane is for. Each is an edit of its text, and offered where the text
 * has the place; `changed` is null where it has not.
 */

/** @typedef {{ name: string, hint: string, flag: string, from: string, to: string }} Example from and to: JSON, or a part of it */

/** @type {readonly Example[]} */
export const CHANGES = [
  {
    name: 'Raise a ramp: 10 % to 50 %', flag: 'checkout-v2',
    hint: 'Those below 10 % stay where they are, others gain; a flag that depends on it moves too',
    from: '"at":"2026-12-02T09:00:00+13:00","percent":10',
    to: '"at":"2026-12-02T09:00:00+13:00","percent":50',
  },
  {
    name: 'Widen one of three variants', flag: 'search-ranking',
    hint: 'It grows into its own room on the line: nobody of the third variant moves',
    from: '{"variant":"semantic","percent":12.5},{"variant":"control","percent":37.5}',
    to: '{"variant":"semantic","percent":25},{"variant":"control","percent":25}',
  },
  {
    name: 'Forget a condition of a segment', flag: 'support-desk',
    hint: 'Staff without a verified address: every flag that asks for the segment is followed',
    from: '{"all":[{"attribute":"email","op":"endsWith","value":"@larder.example","ignoreCase":true},{"attribute":"emailVerified","op":"eq","value":true}]}',
    to: '{"attribute":"email","op":"endsWith","value":"@larder.example","ignoreCase":true}',
  },
  {
    name: 'Rename a rule', flag: 'checkout-v2',
    hint: 'Nobody moves',
    from: '"name":"canary"',
    to: '"name":"first birds"',
  },
  {
    name: 'A typo', flag: 'checkout-v2',
    hint: 'It breaks one flag, and you see who would have got what',
    from: '"require":{"all":[{"flag":"payments-v3"',
    to: '"require":{"all":[{"flag":"payment-v3"',
  },
];

/** @param {string} json */
const tokens = (json) => json.match(/"[^"]*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];

/** @param {string} text of a ruleset, in whatever layout, which stays @param {Example} example @returns {string | null} */
export function changed(text, { from, to }) {
  const [old, next] = [tokens(from), tokens(to)];
  const found = new RegExp(old.map((token) => `(${token.replace(/[.*+?^$()|[\]\\{}]/g, String.raw`\$&`)})`).join(String.raw`(\s*)`)).exec(text);
  if (!found) return null;
  const put = (/** @type {string} */ written) => text.slice(0, found.index) + written + text.slice(found.index + found[0].length);
  if (old.length === next.length) return put(next.map((token, at) => token + (found[at * 2 + 2] ?? '')).join(''));
  let [start, end] = [0, 0];
  while (start < old.length && old[start] === next[start]) start++;
  while (end < Math.min(old.length, next.length) - start && old[old.length - 1 - end] === next[next.length - 1 - end]) end++;
  // What is alike keeps the space between its tokens; what is new has that of a line.
  const [kept, rest] = [found.slice(1, 1 + start * 2).join(''), found.slice(1 + (old.length - end) * 2 - 1).join('')];
  const spaced = /[:,]\s/.test(found[0]);
  const middle = next.slice(start, next.length - end).map((token, at, all) => (spaced && at < all.length - 1 && /[:,]/.test(token) ? `${token} ` : token)).join('');
  return put(kept + middle + rest);
}
