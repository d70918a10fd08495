/** Starts the page: reads what the address says, then shows the panes. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { begin } from './begin.js';
import { Shell } from './shell.jsx';
import { pane, said } from './state.js';
import { theme } from './theme.js';

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
effect(() => {
  document.documentElement.dataset.pane = pane.value;
});

addEventListener('hashchange', () => void begin());
try {
  await begin();
} catch (error) {
  said.value = error instanceof Error ? error.message : String(error);
}
render(<Shell />, /** @type {HTMLElement} */ (document.getElementById('app')));
