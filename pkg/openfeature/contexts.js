/**
 * The contexts for which a client was asked, and which flags a change has changed for any of them. Who
 * listens asks again for those flags alone, so none may be missing; one too many does no harm.
 */
import { equal, sameValue } from '../client/equal.js';
import { decide } from './resolution.js';

/** @typedef {import('../client/view.js').View} View */

/** Different contexts that are remembered. There are as many as OpenFeature has domains, and those before them. */
const MOST = 8;

/** Whether two contexts have the same members; lists may have been made anew. Asked at each evaluation. @param {any} a @param {any} b */
function same(a, b) {
  let more = 0;
  for (const name in a) {
    if (!Object.is(a[name], b[name]) && !sameValue(a[name], b[name])) return false;
    more++;
  }
  for (const _ in b) more--;
  return more === 0;
}

/**
 * @param {View} view
 * @param {(keys: string[] | undefined) => void} changed told the keys of the flags that are decided otherwise;
 * undefined: there were too many contexts to know
 */
export function contexts(view, changed) {
  /** @type {object[]} */
  let known = [];
  let tooMany = false;

  /** Every flag's decision for every known context. @param {boolean} numbers of one ruleset, which are compared sooner */
  function decisions(numbers) {
    const { ruleset, snapshot, now } = view;
    return known.map((context) => {
      // At the client's instant: at the clock's it would be decided as after the change.
      const bound = ruleset?.context(context, now === undefined ? undefined : { now });
      if (numbers) return new Map(ruleset?.variants(bound)?.map((variant, at) => [/** @type {string[]} */ (ruleset.keys)[at], { value: variant, variant: '' }]));
      const keys = new Set([...(ruleset?.keys ?? []), ...Object.keys(snapshot?.flags ?? {})]);
      return new Map([...keys].map((key) => [key, decide(view, key, context, undefined, bound)]));
    });
  }

  return {
    /** Remembers a context that was asked for. @param {unknown} context */
    seen(context) {
      if (tooMany) return;
      try {
        const object = typeof context === 'object' && context !== null ? context : {};
        if (known.some((other) => same(other, object))) return;
        // A copy: the caller may write into its own.
        if (known.length < MOST) known.push({ ...object });
        else tooMany = true;
      } catch {
        // One that cannot be read can be told from no other.
        tooMany = true;
      }
    },
    /** @type {import('../client/view.js').Watch} */
    watch(replaces) {
      const numbers = !replaces && view.snapshot === undefined;
      const before = tooMany ? [] : decisions(numbers);
      return () => {
        if (tooMany) {
          // Whoever listens asks again for all, and is known by that.
          tooMany = false;
          known = [];
          return changed(undefined);
        }
        /** @type {Set<string>} */
        const keys = new Set();
        decisions(numbers).forEach((after, at) => {
          for (const key of new Set([...before[at].keys(), ...after.keys()])) {
            const [old, now] = [before[at].get(key), after.get(key)];
            if (old?.variant !== now?.variant || !equal(old?.value, now?.value)) keys.add(key);
          }
        });
        if (keys.size > 0) changed([...keys]);
      };
    },
  };
}
