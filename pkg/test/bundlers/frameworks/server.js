/** Renders each framework's banner for the context of a snapshot. */
import { createClient } from 'serin';
import * as react from './react/server.js';
import * as svelte from './svelte/server.js';
import * as vue from './vue/server.js';

export async function render(snapshot) {
  const rendered = {};
  for (const [name, framework] of Object.entries({ react, vue, svelte })) {
    const client = createClient({ snapshot });
    rendered[name] = await framework.render(client);
    client.close();
  }
  return rendered;
}
