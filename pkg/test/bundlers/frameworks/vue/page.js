import { createSSRApp } from 'vue';
import Banner from './Banner.vue';

export function hydrate(client, element) {
  const app = createSSRApp(Banner).provide('flags', client);
  app.mount(element);
  return () => app.unmount();
}
