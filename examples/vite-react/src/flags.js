import { createClient } from 'serin';
import { SerinWebProvider } from 'serin/openfeature/web';

/**
 * Gives a domain of OpenFeature its context and its provider, which answers at once where there is a snapshot.
 * @param api OpenFeature; on a server, where one process has many visitors, an `OpenFeatureAPI` of the request's own
 * @param options `context`, and `url` or `snapshot` or both
 */
export function bind(api, domain, options) {
  const client = createClient(options);
  client.on('error', ({ code, message }) => console.warn(code, message));
  api.setContext(domain, options.context);
  api.setProvider(domain, new SerinWebProvider(client));
  return { of: api.getClient(domain), client };
}
