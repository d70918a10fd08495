/**
 * Counts what goes wrong inside the module, as it happens: every call into it that throws, and every instance
 * that cannot be made. The package would recover from it and say nothing.
 */

/** @type {{ count: number, last: string }} */
export const traps = { count: 0, last: '' };

/** @param {unknown} error */
function caught(error) {
  traps.count++;
  traps.last = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return error;
}

/** An instance whose functions tell of what they throw. @param {WebAssembly.Instance} instance */
function watched({ exports }) {
  /** @type {Record<string, any>} */
  const told = {};
  for (const [name, value] of Object.entries(exports)) {
    told[name] = typeof value !== 'function' ? value : (/** @type {number[]} */ ...args) => {
      try {
        return value(...args);
      } catch (error) {
        throw caught(error);
      }
    };
  }
  return { exports: told };
}

/** Watches all instances that are made in this realm from now on. */
export function watch() {
  const { Instance, instantiate } = WebAssembly;
  WebAssembly.Instance = /** @type {any} */ (class {
    /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
    constructor(module, imports) {
      let instance;
      try {
        instance = new Instance(module, imports);
      } catch (error) {
        throw caught(error);
      }
      return watched(instance);
    }
  });
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => {
    let instance;
    try {
      instance = await instantiate(module, imports);
    } catch (error) {
      throw caught(error);
    }
    return watched(instance);
  });
}
