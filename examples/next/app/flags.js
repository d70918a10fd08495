'use client';

import { OpenFeature, OpenFeatureAPI, OpenFeatureProvider } from '@openfeature/react-sdk';
import { createClient } from 'serin';
import { SerinWebProvider } from 'serin/openfeature/web';
import { useEffect, useState } from 'react';

function bind(api, options) {
  const client = createClient(options);
  client.on('error', ({ code, message }) => console.warn(code, message));
  api.setContext(options.context);
  api.setProvider(new SerinWebProvider(client));
  return { client, of: api.getClient() };
}

/** One for the page, however often React asks. */
let page;

function once({ url, ...decided }) {
  if (typeof window !== 'undefined') return (page ??= bind(OpenFeature, { url, ...decided }));
  // A server renders for many visitors: each time with an API object of its own. The snapshot answers after `close` too.
  const bound = bind(new OpenFeatureAPI(), decided);
  bound.client.close();
  return bound;
}

/** Gives the components in it the flags that the server decided, and when the page has come alive those of newer rulesets. */
export function Flags({ children, ...options }) {
  const [{ client, of }] = useState(() => once(options));
  useEffect(() => client.adopt(), [client]);
  return <OpenFeatureProvider client={of}>{children}</OpenFeatureProvider>;
}
