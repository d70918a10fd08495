/** Asks again and again: one question at a time, none while nobody looks, and fewer the more fail. */
import { alarm, hidden } from './clock.js';

/** Milliseconds between questions, at least. */
const FLOOR = 5000;
/** Milliseconds after the first failure, and after many. */
const FIRST = 1000;
const MOST = 300_000;

/**
 * @param {() => Promise<boolean>} ask whether it succeeded; never rejects
 * @param {number} interval milliseconds; Infinity: once
 */
export function poll(ask, interval) {
  /** @type {Promise<void> | undefined} */
  let running;
  /** @type {Promise<void> | undefined} */
  let following;
  let failures = 0;
  let closed = false;
  /** The clock when the next question was planned, and for when. */
  let planned = 0;
  let due = 0;
  const timer = alarm(() => check());

  async function run() {
    const answered = await ask();
    running = undefined;
    if (closed) return;
    failures = answered ? 0 : failures + 1;
    const wait = answered
      ? Math.max(interval, FLOOR) * (0.9 + Math.random() / 5)
      : Math.min(FIRST * 2 ** (failures - 1), MOST) * (1 - Math.random() / 2);
    planned = Date.now();
    due = planned + wait;
    timer.set(wait);
  }

  function now() {
    if (closed) return Promise.resolve();
    return (running ??= run());
  }

  /** The timer woke, or the page. @param {boolean} [online] the network is back: what failed is tried at once */
  function check(online) {
    if (closed || running !== undefined) return;
    const at = Date.now();
    // Before it was planned: the clock was set back, and says nothing about how long ago that was.
    if ((online && failures > 0) || (due !== Infinity && (at >= due || at < planned))) {
      // The page's coming back asks again.
      if (!hidden()) now();
    } else {
      timer.set(due - at);
    }
  }

  return {
    now,
    check,
    /** Asks after this moment: what is under way may have been answered before it. @returns {Promise<void>} */
    anew() {
      if (running === undefined) return now();
      return (following ??= running.then(() => {
        following = undefined;
        return now();
      }));
    },
    close() {
      closed = true;
      timer.set(Infinity);
    },
  };
}
