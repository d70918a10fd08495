/** What is around the panes: name, tabs, theme, link, and the line that says what happened. */
import { useState } from 'preact/hooks';
import { open, share } from './begin.js';
import { Panes } from './panes.jsx';
import { PANES, choose, offered, pane, said } from './state.js';
import { theme } from './theme.js';

/** @typedef {import('./state.js').Pane} Pane */

const panes = /** @type {Pane[]} */ (Object.keys(PANES));

export function Shell() {
  return (
    <>
      <header class="top">
        <h1 class="name"><a href="#" title="Begin anew with the example">serin</a></h1>
        <Tabs />
        <div class="tools">
          <Share />
          <ThemeChoice />
        </div>
      </header>
      <p class="status" role="status">{said}</p>
      {offered.value !== null && <Offer address={offered.value} />}
      <main class="pane">
        <div id={`pane-${pane.value}`} role="tabpanel" aria-labelledby={`tab-${pane.value}`} class={pane.value}>
          <Panes />
        </div>
      </main>
    </>
  );
}

/** Arrow keys move between tabs, and choose, as in any list of tabs. */
function Tabs() {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const at = panes.indexOf(pane.value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: panes.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(panes[(to + panes.length) % panes.length]);
    document.getElementById(`tab-${pane.value}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Panes" onKeyDown={move}>
      {panes.map((name) => (
        <button
          key={name} id={`tab-${name}`} role="tab" type="button" aria-selected={pane.value === name} aria-controls={pane.value === name ? `pane-${name}` : undefined}
          tabIndex={pane.value === name ? 0 : -1} onClick={() => choose(name)}
        >{PANES[name]}</button>
      ))}
    </div>
  );
}

function Share() {
  const [label, setLabel] = useState('Copy link');
  const copy = async () => {
    const link = await share();
    try {
      await navigator.clipboard.writeText(link);
      setLabel('Copied');
      said.value = 'The link is copied; it holds the ruleset and the context, and no server sees them.';
    } catch {
      setLabel('In the address');
      said.value = 'The link stands in the address bar: copy it from there.';
    }
    setTimeout(() => setLabel('Copy link'), 2000);
  };
  return <button type="button" class="quiet share" onClick={() => void copy()}>{label}</button>;
}

const NEXT = /** @type {const} */ ({ system: 'light', light: 'dark', dark: 'system' });

function ThemeChoice() {
  const name = theme.value;
  return (
    <button type="button" class="quiet" onClick={() => (theme.value = NEXT[name])} aria-label={`Colours: ${name}. Change to ${NEXT[name]}`}>
      <span aria-hidden="true">{{ system: '◐', light: '☀', dark: '☾' }[name]}</span>
    </button>
  );
}

/** @param {{ address: string }} properties */
function Offer({ address }) {
  const load = () => open(address).catch((error) => (said.value = `The ruleset could not be loaded: ${error.message}`));
  return (
    <p class="offer">
      This link names a ruleset at <code>{address}</code>.{' '}
      <button type="button" onClick={() => void load()}>Load it</button>{' '}
      <button type="button" class="quiet" onClick={() => (offered.value = null)}>Keep the example</button>
    </p>
  );
}
