/** A Worker whose edge is made at module scope, store and all, where nothing may be fetched, timed or asked of a clock. */
import { env } from 'cloudflare:workers';
import { createEdge } from 'serin';
import * as inline from 'serin/inline';
import { kvStore } from 'serin/storage';

/** What went wrong, of an edge whose entry is for other hosts. */
const errors = [];
const edge = createEdge({ url: env.RULESET, store: kvStore(env.FLAGS), timeout: 20_000 });
const wrong = inline.createEdge({ url: env.RULESET, timeout: 20_000, onError: ({ code, message }) => errors.push([code, message]) });

export default {
  async fetch(request, _, ctx) {
    const [good, fallen] = await Promise.all([edge.at(request, {}, ctx), wrong.at(request, {}, ctx)]);
    return Response.json([good.string('good', 'no'), fallen.string('good', 'no'), errors]);
  },
};
