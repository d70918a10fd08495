/** The pane that is chosen. What the first one does not need is fetched when it is chosen. */
import { useEffect, useState } from 'preact/hooks';
import { pane } from './state.js';

/** @type {Record<import('./state.js').Pane, () => Promise<{ Pane: () => any }>>} */
const modules = {
  evaluate: () => import('./evaluate/pane.jsx'),
  change: () => import('./change/pane.jsx'),
  time: () => import('./time/pane.jsx'),
  garbage: () => import('./garbage/pane.jsx'),
};

/** @type {Partial<Record<import('./state.js').Pane, () => any>>} */
const loaded = {};

export function Panes() {
  const name = pane.value;
  const [, render] = useState(0);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    if (loaded[name]) return;
    setFailed('');
    modules[name]().then(
      ({ Pane }) => {
        loaded[name] = Pane;
        render((count) => count + 1);
      },
      (error) => setFailed(`This part of the page could not be loaded: ${error instanceof Error ? error.message : error}`),
    );
  }, [name]);
  const Chosen = loaded[name];
  if (Chosen) return <Chosen key={name} />;
  return failed ? <p class="failed">{failed}</p> : null;
}
