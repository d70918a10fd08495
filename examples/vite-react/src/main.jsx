import { OpenFeature } from '@openfeature/react-sdk';
import { StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { App } from './App.jsx';
import { bind } from './flags.js';

const url = '/ruleset.json';
// What the server decided and for whom; empty where the page is a plain file.
const text = document.getElementById('flags').textContent;
const { visitor, company } = text.startsWith('{') ? JSON.parse(text) : { visitor: { context: {} }, company: { context: {} } };
const domains = {
  visitor: bind(OpenFeature, 'visitor', { url, ...visitor }),
  company: bind(OpenFeature, 'company', { url, ...company }),
};

const root = document.getElementById('root');
const page = (
  <StrictMode>
    <App {...domains} />
  </StrictMode>
);
if (visitor.snapshot) hydrateRoot(root, page);
else createRoot(root).render(page);
