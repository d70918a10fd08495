/** Hydrates each framework's banner, kills the flag, revives it, and takes the banner away; reports what was seen. */
import { createClient } from 'serin';
import * as react from './react/page.js';
import * as svelte from './svelte/page.js';
import * as vue from './vue/page.js';

const said = [];
for (const level of ['error', 'warn']) console[level] = (...words) => said.push(words.join(' '));
addEventListener('error', ({ message }) => said.push(message));

const later = () => new Promise((resolve) => setTimeout(resolve, 200));
const snapshot = document.getElementById('flags').textContent;

/** A client that counts who listens. */
function counted() {
  const client = createClient({ snapshot });
  const counts = { listening: 0 };
  const subscribe = (key, listener) => {
    const end = client.subscribe(key, listener);
    counts.listening++;
    let ended = false;
    return () => {
      if (!ended) counts.listening--;
      ended = true;
      end();
    };
  };
  return { client: { ...client, subscribe }, counts };
}

async function follow(name, hydrate) {
  const element = document.getElementById(name);
  const paragraph = element.querySelector('p');
  const seen = [paragraph.textContent];
  new MutationObserver(() => {
    const text = element.querySelector('p')?.textContent ?? 'nothing';
    if (seen.at(-1) !== text) seen.push(text);
  }).observe(element, { subtree: true, childList: true, characterData: true });
  const { client, counts } = counted();
  const unmount = hydrate(client, element);
  await later();
  client.kill(['banner']);
  await later();
  client.kill([]);
  await later();
  const kept = element.querySelector('p') === paragraph;
  const { listening } = counts;
  await unmount();
  await later();
  return { seen, kept, listening, after: counts.listening };
}

const report = {};
for (const [name, { hydrate }] of Object.entries({ react, vue, svelte })) report[name] = await follow(name, hydrate);
await fetch('/report', { method: 'POST', body: JSON.stringify({ ...report, said }) });
