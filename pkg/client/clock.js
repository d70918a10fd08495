/**
 * Time in a page: a timer that fires right however long the wait is, and the moments at which a page
 * comes back and must not trust the timers it had.
 */

/** A timer of more than 2^31 ms fires at once, and one that slept through a suspended machine late. */
export const HOUR = 3_600_000;
/** Milliseconds between two instants of a ruleset that are acted on, at least: it may name any. */
const APART = 250;

/** One timer, which wakes at the latest after an hour; whoever set it looks whether it is time. @param {() => void} wake */
export function alarm(wake) {
  /** @type {any} */
  let timer;
  return {
    /** @param {number} wait milliseconds; Infinity: none */
    set(wait) {
      clearTimeout(timer);
      if (wait === Infinity) return;
      timer = setTimeout(wake, Math.min(Math.max(wait, 1), HOUR));
      // In Node nothing has to wait for flags.
      timer?.unref?.();
    },
  };
}

/**
 * Follows the instants at which time alone changes a decision.
 * @param {(now: number) => void} moved such an instant has passed, or the clock was set across one
 */
export function calendar(moved) {
  /** @type {{ nextChange(now: number): number } | undefined} */
  let ruleset;
  /** What the ruleset named last. While it names the same, decisions are the same. */
  let next = Infinity;
  let last = -Infinity;
  let timed = false;
  let stopped = false;
  const timer = alarm(check);

  /** @param {number} now */
  function arm(now) {
    const soon = now >= last && now - last < APART ? APART : 0;
    // Behind the last instant too: the clock may be set to before it.
    timer.set(timed ? Math.min(Math.max(next - now, soon), HOUR) : Infinity);
  }

  function check() {
    if (ruleset === undefined) return;
    const now = Date.now();
    const named = ruleset.nextChange(now);
    if (named !== next) {
      next = named;
      last = now;
      moved(now);
    }
    if (!stopped) arm(now);
  }

  return {
    check,
    /** Follows another ruleset, whose decisions are of this instant. @param {NonNullable<typeof ruleset>} other @param {number} now */
    follow(other, now) {
      if (stopped) return;
      ruleset = other;
      timed = other.nextChange(-8.64e15) !== Infinity;
      next = other.nextChange(now);
      arm(now);
    },
    stop() {
      stopped = true;
      ruleset = undefined;
      timer.set(Infinity);
    },
  };
}

/**
 * Calls when the page is seen again, by whichever way: from another tab, from sleep, from the back-forward
 * cache, from offline. Where there is no page, never.
 * @param {(event: { type: string }) => void} wake @returns {() => void} no more
 */
export function onWake(wake) {
  const { document } = globalThis;
  /** @type {[any, string][]} */
  const places = [[document, 'visibilitychange'], [globalThis, 'pageshow'], [globalThis, 'focus'], [globalThis, 'online']];
  for (const [target, event] of places) target?.addEventListener?.(event, wake);
  return () => {
    for (const [target, event] of places) target?.removeEventListener?.(event, wake);
  };
}

/** Whether nobody looks. */
export const hidden = () => globalThis.document?.visibilityState === 'hidden';
