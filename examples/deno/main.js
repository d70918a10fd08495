/** A server in Deno: what a visitor of the shop gets, decided for each request. */
import { createEdge } from 'serin';

const edge = createEdge({
  url: Deno.env.get('RULESET') ?? 'https://flags.larder.example/ruleset.json',
  onError: ({ code, message }) => console.warn(`flags: ${code}: ${message}`),
});

Deno.serve({ port: Number(Deno.env.get('PORT') ?? 8000) }, async (request) => {
  const query = new URL(request.url).searchParams;
  const flags = await edge.at(request, { targetingKey: query.get('user'), country: query.get('country'), plan: query.get('plan') });
  return Response.json({
    banner: flags.string('sale-banner', ''),
    familySharing: flags.boolean('family-sharing', false),
    basket: flags.object('basket-limits', { lines: 80, perLine: 12, slotsAhead: 3 }),
  });
});
