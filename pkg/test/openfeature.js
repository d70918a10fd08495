/** Shared by the tests of OpenFeature's providers. */
import { document, fixed } from './clients.js';
import { startHost } from './host.js';

/** Serves `on` to those who pay. */
export const paid = { variants: { on: true, off: false }, off: 'off', rules: [{ name: 'payers', if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'on' }], serve: 'off' };

export const first = document({ checkout: paid, colour: fixed('blue'), limit: fixed(5) }, 1);
/** The colour is another, and whoever paid has lost the checkout. */
export const second = document({ checkout: { ...paid, rules: [] }, colour: fixed('red'), limit: fixed(5) }, 2);

/** @param {(host: Awaited<ReturnType<typeof startHost>>) => Promise<void>} body */
export async function withHost(body, text = first) {
  const host = await startHost(text);
  try {
    await body(host);
  } finally {
    await host.close();
  }
}

/** Writes down the events that a client of an SDK hears. @param {any} client @param {object} events the SDK's ProviderEvents */
export function listen(client, events) {
  /** @type {{ event: string, flags: string[] | undefined, message: string | undefined }[]} */
  const log = [];
  for (const event of Object.values(events)) {
    client.addHandler(event, (/** @type {any} */ told) => void log.push({ event: event.replace('PROVIDER_', ''), flags: told?.flagsChanged, message: told?.message }));
  }
  return { log, names: () => log.map(({ event }) => event), clear: () => void log.splice(0) };
}
