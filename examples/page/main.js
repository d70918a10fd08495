/** A page without a bundler: it shows what flags say, and again whenever that changes. */
import { createClient } from 'serin';
import { localStorageStore } from 'serin/storage';

localStorage.visitor ??= crypto.randomUUID();

const client = createClient({
  url: new URL('ruleset.json', import.meta.url),
  store: localStorageStore(), // the next visit starts with it
  context: { targetingKey: localStorage.visitor, language: navigator.language },
});

function show() {
  document.getElementById('banner').textContent = client.string('banner', '');
  document.getElementById('checkout').textContent = client.boolean('one-page-checkout', false) ? 'Buy now' : 'Checkout';
  document.body.dataset.snow = client.boolean('snow', false);
}

show();
client.on('change', show); // the ruleset is here, a newer one is, a time window opens, a ramp moves
client.on('error', ({ code, message }) => console.warn(`flags: ${code}: ${message}`)); // and the last good answers stay
