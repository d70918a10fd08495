import { hydrate as start, unmount } from 'svelte';
import Banner from './Banner.svelte';

export function hydrate(client, element) {
  const app = start(Banner, { target: element, context: new Map([['flags', client]]) });
  return () => unmount(app);
}
