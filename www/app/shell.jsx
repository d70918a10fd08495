/** What is around the panes: name, tabs, theme, link, and the line that says what happened. */
import { useState } from 'preact/hooks';
import { begin, open, share } from './begin.js';
import { Panes } from './panes.jsx';
import { PANES, choose, offered, pane, said } from './state.js';
import { Tabs, panelOf } from './tabs.jsx';
import { theme } from './theme.js';

/** Where the address says nothing already, it does not change, and nobody would read it. @param {MouseEvent} event */
function anew(event) {
  if (location.hash !== '') return;
  event.preventDefault();
  void begin();
}

export function Shell() {
  return (
    <>
      <header class="top">
        <h1 class="name"><a href="#" title="Begin anew with the example" onClick={anew}>serin</a></h1>
        <Tabs names={PANES} chosen={pane.value} choose={choose} prefix="" label="Panes" class="tabs" />
        <div class="tools">
          <Share />
          <ThemeChoice />
        </div>
      </header>
      <p class="status" role="status">{said}</p>
      {offered.value !== null && <Offer address={offered.value} />}
      <main class="pane">
        <div {...panelOf('', pane.value)} class={pane.value}>
          <Panes />
        </div>
      </main>
    </>
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
