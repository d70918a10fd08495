/**
 * The loops that are timed. This file is imported anew for every product and workload, under another address, so
 * that an engine optimises each of them by itself, as it would in an app that has one product.
 * A loop adds up what it was answered; its caller knows the sum, so nothing can be left out.
 */

/**
 * @typedef {import('./adapters/adapter.js').Way} Way
 * @typedef {{ way: Way, ask: Way['boolean'], engine: any, key: string, keys: string[], visitors: import('./workload.js').Visitor[], last: string }} Subject
 *   `last` is a flag that is true for everybody
 * @typedef {(count: number, from: number) => number | Promise<number>} Loop
 */

/** A new context each time. @param {Subject} subject @returns {Loop} */
export function one({ way: { context }, ask, engine, key, visitors }) {
  const mask = visitors.length - 1;
  return (count, from) => {
    let sum = 0;
    for (let at = from; at < from + count; at++) {
      const answer = ask(engine, context(engine, visitors[at & mask]), key);
      if (answer !== false && answer !== 'off') sum++;
    }
    return sum;
  };
}

/** @param {Subject} subject @returns {Loop} */
export function all({ way: { context, all, pick }, engine, keys, visitors, last }) {
  const mask = visitors.length - 1;
  return (count, from) => {
    let sum = 0;
    for (let at = from; at < from + count; at++) if (pick(all(engine, context(engine, visitors[at & mask]), keys), last) === true) sum++;
    return sum;
  };
}

/** One context for all. @param {Subject} subject @returns {Loop} */
export function oneKept({ way: { context }, ask, engine, key, visitors }) {
  const kept = context(engine, visitors[0]);
  return (count) => {
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const answer = ask(engine, kept, key);
      if (answer !== false && answer !== 'off') sum++;
    }
    return sum;
  };
}

/** @param {Subject} subject @returns {Loop} */
export function allKept({ way: { context, all, pick }, engine, keys, visitors, last }) {
  const kept = context(engine, visitors[0]);
  return (count) => {
    let sum = 0;
    for (let at = 0; at < count; at++) if (pick(all(engine, kept, keys), last) === true) sum++;
    return sum;
  };
}

/** The same for products that answer with promises. @param {Subject} subject @returns {Loop} */
export function oneLater({ way: { context }, ask, engine, key, visitors }) {
  const mask = visitors.length - 1;
  return async (count, from) => {
    let sum = 0;
    for (let at = from; at < from + count; at++) {
      const answer = await ask(engine, context(engine, visitors[at & mask]), key);
      if (answer !== false && answer !== 'off') sum++;
    }
    return sum;
  };
}

/** @param {Subject} subject @returns {Loop} */
export function allLater({ way: { context, all, pick }, engine, keys, visitors, last }) {
  const mask = visitors.length - 1;
  return async (count, from) => {
    let sum = 0;
    for (let at = from; at < from + count; at++) if (pick(await all(engine, context(engine, visitors[at & mask]), keys), last) === true) sum++;
    return sum;
  };
}
