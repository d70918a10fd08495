import { hydrateRoot } from 'react-dom/client';
import { app } from './app.jsx';

export function hydrate(client, element) {
  const root = hydrateRoot(element, app(client));
  return () => root.unmount();
}
