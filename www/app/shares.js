/**
 * Shares, answers and parts of a hash line, as words and as what a picture needs. Knows no page.
 */

/** Points on a hash line. */
export const LINE = 4_294_967_296;

/** An answer as reports have it: a variant with its value, the caller's default with an error or without one. @typedef {{ variant?: string, value?: unknown, errorCode?: string }} Answer */
/** How an answer is drawn: a class in `style/line.css`. @typedef {'off' | 'default' | 'error' | `v${number}`} Kind */
/** What becomes of somebody. @typedef {'stay' | 'gain' | 'lose' | 'switch'} Fate */
/** A part of a line: points, the end is not in it. @typedef {{ from: number, to: number, label: string, kind: Kind | Fate }} Slice */
/** A flag's variants in their order, and which of them it serves when it is off. @typedef {{ variants: readonly string[], off?: string }} Variants */

/** Fills that there are for variants; a flag with more uses them again. */
const FILLS = 6;

/**
 * A share as people write it, with up to three decimals, never rounded to nobody or everybody.
 * @param {number} share 0 to 1 @param {string} [exact] the fraction, if it is known
 */
export function percent(share, exact) {
  const text = (share * 100).toFixed(3).replace(/\.?0+$/, '');
  const [nobody, everybody] = exact === undefined ? [share === 0, share === 1] : [exact === '0', exact === '1'];
  if (text === '0' && !nobody) return '<0.001 %';
  if (text === '100' && !everybody) return '>99.999 %';
  return `${text} %`;
}

/** Where a point lies, from the beginning of its line. @param {number} point */
export const place = (point) => percent(point / LINE);

/** Parts of a line, from point to point. @param {readonly (readonly [number, number])[]} points */
export const parts = (points) => points.map(([start, end]) => `${place(start)} to ${place(end)}`).join(', ');

/** The first point that is not in the first so many percent of a line, exactly as the evaluator cuts: thousandths are whole, whatever the float says. @param {number} percent with at most three decimals */
export const cut = (percent) => Math.floor((Math.round(percent * 1000) * LINE) / 100_000);

/** @param {Answer} answer */
export function words(answer) {
  if (answer.variant !== undefined) return answer.variant;
  if (answer.errorCode === undefined) return "the caller's default";
  return `the caller's default (${{ PARSE_ERROR: 'broken flag', TARGETING_KEY_MISSING: 'no key' }[answer.errorCode] ?? answer.errorCode})`;
}

/** @param {Answer} one @param {Answer} other */
export const same = (one, other) => one.variant === other.variant && one.errorCode === other.errorCode && JSON.stringify(one.value) === JSON.stringify(other.value);

/** How an answer of a flag is drawn: alike wherever the flag is. @param {Variants | undefined} flag @param {Answer} answer @returns {Kind} */
export function kind(flag, { variant, errorCode }) {
  if (variant === undefined) return errorCode === undefined ? 'default' : 'error';
  if (variant === flag?.off) return 'off';
  const others = flag?.variants.filter((name) => name !== flag.off) ?? [];
  const at = others.indexOf(variant);
  return `v${(at < 0 ? others.length : at) % FILLS + 1}`;
}

/** Whether an answer is as good as none: the variant of a flag that is off, or the caller's default. @param {Variants | undefined} flag @param {Answer} answer */
const nothing = (flag, answer) => answer.variant === undefined || answer.variant === flag?.off;

/** @param {Answer} from @param {Answer} to @param {Variants | undefined} before @param {Variants | undefined} after @returns {Fate} */
export function fate(from, to, before, after) {
  if (same(from, to)) return 'stay';
  const [had, has] = [!nothing(before, from), !nothing(after, to)];
  if (had === has) return 'switch';
  return has ? 'gain' : 'lose';
}

/** Neighbours that are alike, as one. @template {Slice} T @param {readonly T[]} slices in the order of the line @returns {T[]} */
export function joined(slices) {
  /** @type {T[]} */
  const out = [];
  for (const slice of slices) {
    const last = out.at(-1);
    if (last && last.to === slice.from && last.kind === slice.kind && last.label === slice.label) out[out.length - 1] = { ...last, to: slice.to };
    else if (slice.to > slice.from) out.push(slice);
  }
  return out;
}

/** Shares laid one after the other on a line, which they fill up to rounding. @template T @param {readonly T[]} parts @param {(part: T) => number} share 0 to 1 */
export function laid(parts, share) {
  let at = 0;
  return parts.map((part) => {
    const from = at;
    at = Math.min(LINE, at + share(part) * LINE);
    return { part, from, to: at };
  });
}

/** What a line says, to those who do not see it. @param {readonly Slice[]} slices @param {number} [point] */
export function spoken(slices, point) {
  const parts = slices.map(({ from, to, label }) => `${label} from ${place(from)} to ${place(to)}`);
  const at = point === undefined ? undefined : slices.find(({ from, to }) => from <= point && point < to);
  return [...parts, ...(point === undefined ? [] : [`the key lies at ${place(point)}${at ? `, in ${at.label}` : ''}`])].join('; ');
}
