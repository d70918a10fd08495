import { createEdge } from 'serin';

/** Where the ruleset lies, for the server and for pages. */
export const url = process.env.RULESET ?? 'http://localhost:3000/ruleset.json';

/** One ruleset for all requests, at most a minute older than the host's. */
export const edge = createEdge({ url, onError: console.error });

/** Who asks; your app knows it from a session. @param cookies of the request */
export function contextOf(cookies) {
  const [targetingKey, country, plan] = (cookies.get('visitor')?.value ?? 'mia.NZ.paid').split('.');
  return { targetingKey, country, plan, tester: cookies.has('tester') };
}
