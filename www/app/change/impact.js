/**
 * What a report of an impact (`src/doc/impact.md`) is shown as: flags in groups, regions as rows on a line.
 * Knows no page.
 */
import { LINE, fate, joined, kind, laid, words } from '../shares.js';

/** @typedef {import('../shares.js').Answer} Answer */
/** @typedef {import('../shares.js').Fate} Fate */
/** @typedef {import('../shares.js').Slice} Slice */
/** @typedef {import('../shares.js').Variants} Variants */
/** @typedef {import('serin/tools').Region} Region */
/** @typedef {Region['moves'][number]} Move */
/** @typedef {import('serin/tools').Loss} Loss */
/** @typedef {import('serin/tools').FlagImpact} FlagImpact */
/** @typedef {import('serin/tools').Impact['impacts'][number]} Impact */
/** @typedef {{ before?: Variants, after?: Variants }} Versions of a flag's variants */

/** Groups of flags in the order in which they matter, with what is said of one and of several. */
export const GROUPS = /** @type {const} */ ([
  { name: 'broken', title: 'Broken', hint: 'The proposed version does not compile here: everybody gets the default of the caller.' },
  { name: 'moves', title: 'Somebody moves', hint: '' },
  { name: 'added', title: 'Added', hint: 'Only the proposed version has them.' },
  { name: 'removed', title: 'Removed', hint: 'Only the present version has them: whoever asks gets the default of the caller.' },
  { name: 'noEffect', title: 'Written otherwise, nobody moves', hint: 'What decides is written otherwise, and every context gets the same.' },
  { name: 'described', title: 'Described otherwise', hint: 'Only names, descriptions and other words changed. They move nobody.' },
]);

/** @typedef {typeof GROUPS[number]['name']} Group */

/** @param {FlagImpact} flag @returns {Group} */
export function group({ change, newBroken }) {
  if (newBroken && change !== 'removed') return 'broken';
  return change === 'effect' ? 'moves' : change;
}

/** Groups that have flags. @param {Impact} impact */
export function grouped(impact) {
  return GROUPS.map((one) => ({ ...one, flags: impact.flags.filter((flag) => group(flag) === one.name) })).filter(({ flags }) => flags.length > 0);
}

const flags = (/** @type {number} */ count) => (count === 1 ? '1 flag' : `${count} flags`);

/** What a change does, in one sentence. @param {Impact} impact */
export function sentence(impact) {
  const moved = impact.flags.filter(({ change }) => change === 'effect').length;
  const count = (/** @type {FlagImpact['change']} */ change) => impact.flags.filter((flag) => flag.change === change).length;
  const parts = [moved === 0 ? 'Nobody moves' : `${flags(moved)} ${moved === 1 ? 'changes' : 'change'} what somebody gets`];
  for (const [change, said] of /** @type {const} */ ([['added', 'added'], ['removed', 'removed'], ['noEffect', 'written otherwise without effect'], ['described', 'described otherwise']])) {
    if (count(change) > 0) parts.push(`${count(change)} ${said}`);
  }
  parts.push(`${impact.untouched} ${impact.untouched === 1 ? 'stays' : 'stay'} as ${impact.untouched === 1 ? 'it is' : 'they are'}`);
  return `${parts.join(', ')}.`;
}

/** What becomes of somebody in some region of a flag, what matters most first. @param {FlagImpact} flag @param {Versions} versions @returns {Exclude<Fate, 'stay'>[]} */
export function fates({ regions = [] }, { before, after }) {
  const found = new Set(regions.flatMap(({ moves }) => moves.map(({ from, to }) => fate(from, to, before, after))));
  return /** @type {const} */ (['lose', 'switch', 'gain']).filter((one) => found.has(one));
}

/**
 * A region as rows on one line: what its keys get before and after, and what becomes of them between.
 * @param {Region} region @param {Versions} versions
 * @returns {{ before: Slice[], between: Slice[], after: Slice[], ordered: boolean }} ordered: they lie on a line as
 *   drawn; else only the widths mean something
 */
export function picture(region, { before, after }) {
  const ordered = region.slices.length > 0;
  const byAnswer = [...region.moves].sort((one, other) => words(one.from).localeCompare(words(other.from)) || words(one.to).localeCompare(words(other.to)));
  const parts = ordered
    ? region.slices.map(({ start, end, move }) => ({ part: region.moves[move], from: start, to: end }))
    : laid(byAnswer, ({ share }) => share);
  // What floats lose at the end of a line is nobody.
  if (!ordered && parts.length > 0) parts[parts.length - 1].to = LINE;
  const row = (/** @type {(move: Move) => { label: string, kind: Slice['kind'] }} */ look) => joined(parts.map(({ part, from, to }) => ({ from, to, ...look(part) })));
  return {
    ordered,
    before: row(({ from }) => ({ label: words(from), kind: kind(before, from) })),
    between: row(({ from, to }) => {
      const what = fate(from, to, before, after);
      return { label: what === 'stay' ? 'stays' : `${words(from)} → ${words(to)}`, kind: what };
    }),
    after: row(({ to }) => ({ label: words(to), kind: kind(after, to) })),
  };
}
