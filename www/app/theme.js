/** Light, dark, or as the system has it; remembered on this machine, and in no link. */
import { effect, signal } from '@preact/signals';

/** @typedef {'system' | 'light' | 'dark'} Theme */

const NAME = 'serin-theme';

/** @returns {Theme} */
function stored() {
  try {
    const name = localStorage.getItem(NAME);
    return name === 'light' || name === 'dark' ? name : 'system';
  } catch {
    // Some settings forbid a page to store anything.
    return 'system';
  }
}

/** @type {import('@preact/signals').Signal<Theme>} */
export const theme = signal(stored());

effect(() => {
  try {
    if (theme.value === 'system') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, theme.value);
  } catch {
    // Then it holds for this visit.
  }
});
