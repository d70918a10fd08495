/**
 * The memories of the WebAssembly instances in this process, where the engine leaves them out of what it says it
 * holds: Node 20 counts them as `external`, Node 26 does not. Imported before any product.
 */

/** @type {Set<WebAssembly.Memory>} */
const memories = new Set();

/** @param {WebAssembly.Instance} instance */
function seen(instance) {
  for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
  return instance;
}

const { external } = process.memoryUsage();
const PROBE = 256;
const probe = new WebAssembly.Memory({ initial: PROBE });
const counted = process.memoryUsage().external - external >= probe.buffer.byteLength;

WebAssembly.Instance = new Proxy(WebAssembly.Instance, { construct: (target, args) => seen(Reflect.construct(target, args)) });
WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
  construct(target, args) {
    const memory = Reflect.construct(target, args);
    memories.add(memory);
    return memory;
  },
});
const { instantiate } = WebAssembly;
/** @param {any} source @param {any} imports */
WebAssembly.instantiate = async (source, imports) => {
  const made = /** @type {any} */ (await instantiate(source, imports));
  seen(made.instance ?? made);
  return made;
};

/** Bytes of memories that `process.memoryUsage()` leaves out. */
export const uncounted = () => (counted ? 0 : [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
