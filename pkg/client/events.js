/** Listeners: called one after the other, when all is in its new state, and never to harm. */

/**
 * Calls what is not ours. @template T @param {(argument: T) => unknown} fn @param {T} argument
 * @param {(error: unknown) => void} failed
 */
export function call(fn, argument, failed) {
  try {
    const result = /** @type {any} */ (fn(argument));
    // Of an async function nobody else would hear.
    if (typeof result?.then === 'function') result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

/**
 * @template {object} Events
 * @param {readonly (keyof Events & string)[]} names
 * @param {(error: unknown) => void} failed told what a listener threw; not of listeners of `error`
 */
export function events(names, failed) {
  /** @typedef {{ event: keyof Events & string | undefined, key: string | undefined, fn: (argument: any) => unknown }} Listener */
  /** @type {Set<Listener>} */
  const listeners = new Set();
  /** What is still to be told. A listener may cause more, and that comes after. @type {(() => void)[]} */
  const queue = [];
  let telling = false;

  /** @param {(listener: Listener) => boolean} hears @param {any} [argument] */
  const tell = (hears, argument) => {
    for (const listener of [...listeners]) {
      // One that was taken off meanwhile hears nothing more.
      if (hears(listener) && listeners.has(listener)) call(listener.fn, argument, listener.event === 'error' ? () => {} : failed);
    }
  };

  /** @param {() => void} task */
  const enqueue = (task) => {
    queue.push(task);
    if (telling) return;
    telling = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    } finally {
      // Also where the stack ends in the middle of it.
      telling = false;
    }
  };

  /** @param {Listener} listener */
  const add = (listener) => {
    if (typeof listener.fn !== 'function') throw new TypeError('the listener must be a function');
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    /** @param {any} event @param {any} fn */
    on(event, fn) {
      if (!names.includes(event)) throw new TypeError(`there is no event ${String(event)}: there are ${names.join(', ')}`);
      return add({ event, key: undefined, fn });
    },
    /** @param {string} key @param {any} fn */
    subscribe: (key, fn) => add({ event: undefined, key, fn }),
    /** @template {keyof Events & string} E @param {E} event @param {Events[E]} argument */
    emit: (event, argument) => enqueue(() => tell((listener) => listener.event === event, argument)),
    /** Says which flags are decided otherwise: first to who subscribed to them. @param {readonly string[]} keys */
    changed: (keys) => enqueue(() => {
      const changed = new Set(keys);
      tell(({ key }) => key !== undefined && changed.has(key));
      tell(({ event }) => event === 'change', { keys });
    }),
    /** Whether anyone hears an event. @param {keyof Events & string} event */
    hears: (event) => [...listeners].some((listener) => listener.event === event),
    /** The keys that someone subscribed to. */
    keys: () => [...listeners].flatMap(({ key }) => (key === undefined ? [] : [key])),
    clear: () => listeners.clear(),
  };
}
