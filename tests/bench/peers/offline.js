/** Nothing here talks to a network; a product that tries fails, and the record counts it. */
import dns from 'node:dns';
import net from 'node:net';

/** The hosts that were asked for. @type {string[]} */
export const tried = [];

/** @param {unknown} name */
const local = (name) => name === undefined || name === 'localhost' || /^(127\.|::1$|\[::1\]$)/.test(String(name));

/** @param {unknown} name */
function refusal(name) {
  tried.push(String(name));
  return Object.assign(new Error(`there is no network in a benchmark: ${name}`), { code: 'ECONNREFUSED' });
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = /** @this {net.Socket} @param {...any} args */ function (...args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = typeof first === 'object' ? first.host : args[1];
  if ((typeof first === 'object' && first.path !== undefined) || local(host)) return Reflect.apply(connect, this, args);
  process.nextTick(() => this.destroy(refusal(host)));
  return this;
};
const { lookup } = dns;
dns.lookup = /** @type {any} */ ((/** @type {any} */ host, /** @type {any[]} */ ...rest) => {
  if (local(host)) return Reflect.apply(lookup, dns, [host, ...rest]);
  process.nextTick(rest[rest.length - 1], refusal(host));
});
const { fetch } = globalThis;
globalThis.fetch = async (input, options) => {
  const { hostname, protocol } = new URL(input instanceof Request ? input.url : String(input));
  if (protocol !== 'file:' && !local(hostname)) throw refusal(hostname);
  return fetch(input, options);
};
