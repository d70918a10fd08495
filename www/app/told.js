/**
 * What the release tools answer to the newest of the questions that one part of the page puts. An older answer
 * that comes late is not shown: it is about something else.
 */
import { signal } from '@preact/signals';
import { Overtaken } from './rpc.js';

/** An answer, or why there is none. @template T @typedef {{ answer?: T, failed?: string, late?: true }} Told late: the newest one takes its time */

/** Milliseconds after which the page says that it takes a while, and those after which it ends. */
const LATE = 600;
const PATIENCE = 20_000;

/**
 * @template T
 * @param {(args: unknown, patience: number) => Promise<T>} put
 */
export function telling(put) {
  /** @type {import('@preact/signals').Signal<Told<T> | null>} */
  const told = signal(null);
  /** The question that was put last, and the one that is answered. */
  let newest = '';
  let answered = '';

  /** Puts a question, unless it is the one that was put last. @param {unknown} args that can be cloned */
  async function ask(args) {
    const of = JSON.stringify(args);
    if (of === newest && !told.peek()?.failed) return;
    newest = of;
    if (of === answered) {
      const { answer } = /** @type {Told<T>} */ (told.peek());
      told.value = { answer };
      return;
    }
    const late = setTimeout(() => of === newest && (told.value = { ...told.peek(), late: true }), LATE);
    try {
      const answer = await put(args, PATIENCE);
      if (of !== newest) return;
      answered = of;
      told.value = { answer };
    } catch (error) {
      if (of !== newest || error instanceof Overtaken) return;
      answered = '';
      told.value = { failed: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(late);
    }
  }

  return { told, ask };
}
