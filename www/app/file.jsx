/** A button that opens a file of the visitor's, which stays in the page. */
import { useRef } from 'preact/hooks';
import { said } from './state.js';

/** Bytes of a file that are read: beyond what loads, so that one sees how it is refused. */
const LARGEST = 33_554_432;

/** The text of a file, unless it is too large to be any ruleset: then the status line says so. @param {File} file @returns {Promise<string | undefined>} */
export async function textOf(file) {
  if (file.size <= LARGEST) return file.text();
  said.value = `${file.name} has more than 32 MiB; a ruleset has at most 16.`;
  return undefined;
}

/** @param {{ open: (file: File) => unknown, label?: string }} properties label: where "Open…" does not say for what */
export function OpenFile({ open, label }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const hear = () => {
    const field = /** @type {HTMLInputElement} */ (input.current);
    const [file] = field.files ?? [];
    if (file) open(file);
    // The same file, chosen again, is news again.
    field.value = '';
  };
  return (
    <>
      <button type="button" class="quiet" aria-label={label} onClick={() => input.current?.click()}>Open…</button>
      <input ref={input} type="file" accept=".json,application/json" hidden onChange={hear} />
    </>
  );
}
