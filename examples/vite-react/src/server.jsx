import { OpenFeatureAPI } from '@openfeature/react-sdk';
import { StrictMode } from 'react';
import { renderToReadableStream } from 'react-dom/server';
import { App } from './App.jsx';
import { bind } from './flags.js';

/** Renders the app for one request, as a stream. @param domains for each its `context` and its `snapshot` */
export function render({ visitor, company }) {
  const api = new OpenFeatureAPI();
  const domains = { visitor: bind(api, 'visitor', visitor), company: bind(api, 'company', company) };
  // The snapshots answer all the same, and nothing is left of the request.
  for (const { client } of Object.values(domains)) client.close();
  return renderToReadableStream(
    <StrictMode>
      <App {...domains} />
    </StrictMode>,
    { onError: console.error },
  );
}
