/** The shop's edge: each visitor is sent to the origin that the flag `origin` names. */
import { env } from 'cloudflare:workers';
import { createEdge } from 'serin';
import { kvStore } from 'serin/storage';

/** Does nothing until the first request; then it is kept for all that follow. */
const edge = createEdge({
  url: env.RULESET,
  store: kvStore(env.FLAGS), // what one isolate has fetched, the next one starts with
  onError: ({ code, message }) => console.warn(`flags: ${code}: ${message}`),
});

/** Where everybody goes while there is no ruleset. */
const FALLBACK = 'https://akl.origin.larder.example';

/** The ruleset's names for the parts of the world. */
const REGIONS = { OC: 'ap-southeast-2', EU: 'eu-central-1' };

export default {
  async fetch(request, _, ctx) {
    const known = /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
    const session = known ?? crypto.randomUUID();
    const context = {
      session: { id: session },
      request: {
        ip: request.headers.get('cf-connecting-ip'),
        region: REGIONS[request.cf?.continent],
        userAgent: request.headers.get('user-agent'),
      },
    };
    const flags = await edge.at(request, context, ctx);

    const { pathname, search } = new URL(request.url);
    const asked = new Request(flags.string('origin', FALLBACK) + pathname + search, request);
    if (flags.boolean('plain-pages', false)) asked.headers.set('x-plain', '1');
    const answer = await fetch(asked);
    if (known) return answer;
    // Without the cookie the next request would be another visitor, and might go elsewhere.
    const first = new Response(answer.body, answer);
    first.headers.append('set-cookie', `session=${session}; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax`);
    return first;
  },
};
