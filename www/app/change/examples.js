/**
 * Changes of the example that show what the pane is for. Each is an edit of its text, and offered where the text
 * has the place; `changed` is null where it has not.
 */

/** @typedef {{ name: string, hint: string, flag: string, edits: readonly (readonly [RegExp, string])[] }} Example */

const S = String.raw`\s*`;

/** JSON with any space between its tokens. @param {string} text in one line @param {string} [flags] */
const written = (text, flags) => new RegExp(text.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replace(/([{}:,]|\\\[|\\\])/g, (token) => S + token.replace(/[{}]/, String.raw`\$&`) + S), flags);

/** @type {readonly Example[]} */
export const CHANGES = [
  {
    name: 'Raise a ramp: 10 % to 50 %', flag: 'checkout-v2',
    hint: 'Those below 10 % stay where they are, others gain; a flag that depends on it moves too',
    edits: [[written('"at":"2026-12-02T09:00:00+13:00","percent":10'), '"at":"2026-12-02T09:00:00+13:00","percent":50']],
  },
  {
    name: 'Widen one of three variants', flag: 'search-ranking',
    hint: 'It grows into its own room on the line: nobody of the third variant moves',
    edits: [[
      written('{"variant":"semantic","percent":12.5},{"variant":"control","percent":37.5}'),
      '{"variant":"semantic","percent":25},{"variant":"control","percent":25}',
    ]],
  },
  {
    name: 'Forget a condition of a segment', flag: 'support-desk',
    hint: 'Staff without a verified address: every flag that asks for the segment is followed',
    edits: [[
      written('{"all":[{"attribute":"email","op":"endsWith","value":"@larder.example","ignoreCase":true},{"attribute":"emailVerified","op":"eq","value":true}]}'),
      '{"attribute":"email","op":"endsWith","value":"@larder.example","ignoreCase":true}',
    ]],
  },
  {
    name: 'Rename a rule', flag: 'checkout-v2',
    hint: 'Nobody moves',
    edits: [[written('"name":"canary"'), '"name":"first birds"']],
  },
  {
    name: 'A typo', flag: 'checkout-v2',
    hint: 'It breaks one flag, and you see who would have got what',
    edits: [[written('"require":{"all":[{"flag":"payments-v3"'), '"require":{"all":[{"flag":"payment-v3"']],
  },
];

/** @param {string} text of a ruleset @param {Example} example */
export function changed(text, { edits }) {
  let out = text;
  for (const [from, to] of edits) {
    if (!from.test(out)) return null;
    // The space around tokens stays as it is; only what lies between them is written in one line.
    out = out.replace(from, (found) => /^\s*/.exec(found)?.[0] + to + /\s*$/.exec(found)?.[0]);
  }
  return out;
}
