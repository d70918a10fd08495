/** A Worker, and an edge function: what the tests ask of it stands in the path. */
import { createEdge, load } from 'serin';
import * as inline from 'serin/inline';
import { cacheStore, kvStore } from 'serin/storage';
import { decide } from './decide.js';

/** What went wrong since it was last asked. @type {string[]} */
let errors = [];
const onError = (error) => errors.push(error.code);
/** @type {Map<string, any>} */
const edges = new Map();

const stores = { kv: (env) => kvStore(env.FLAGS), cache: () => cacheStore(() => caches.default) };

/** An edge for the address of a request, made as at module scope. @param {URL} address @param {any} env */
function edgeFor(address, env) {
  const key = address.search;
  const { url, store, name, ...times } = Object.fromEntries(address.searchParams);
  if (!edges.has(key)) {
    const options = Object.fromEntries(Object.entries(times).map(([option, value]) => [option, Number(value)]));
    edges.set(key, createEdge({ ...options, onError, ...(url && { url }), ...(name && { name }), ...(store && { store: stores[store](env) }) }));
  }
  return edges.get(key);
}

const routes = {
  '/decide': async (request) => decide(load, await request.json()),
  '/inline': async () => inline.load('{ "format": 1, "flags": {} }').then(() => 'loaded', (error) => `${error}`),
  // An array buffer of the host's own realm, where there are several.
  '/buffer': async (request) => (await load(await request.arrayBuffer())).string('good', {}, 'no'),
  '/response': async (request) => (await load(await fetch(new URL(request.url).searchParams.get('url')))).string('good', {}, 'no'),
  '/at': async (request, env, ctx) => {
    const { ruleset, string, details } = await edgeFor(new URL(request.url), env).at(request, { targetingKey: 'someone' }, ctx);
    return { revision: ruleset?.revision, good: string('good', 'no'), errorCode: details('good', 'no').errorCode };
  },
  '/stored': async (request, env) => {
    const { store, url } = Object.fromEntries(new URL(request.url).searchParams);
    return (await stores[store](env).get(url)) !== undefined;
  },
  '/errors': async () => errors.splice(0),
};

const answer = async (request, env, ctx) => {
  const route = routes[new URL(request.url).pathname];
  return route ? Response.json((await route(request, env, ctx)) ?? null) : new Response('no such path', { status: 404 });
};

export default { fetch: answer };
