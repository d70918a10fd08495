/** The ruleset as it is written, and what is wrong with it. */
import { setDiagnostics } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { Editor } from '../editor.jsx';
import { OpenFile, textOf } from '../file.jsx';
import { from, proposed, ruleset, said } from '../state.js';
import { tools } from '../tools.js';
import { checking, found } from './checked.js';
import { completion } from './complete.js';
import { Remarks } from './remarks.jsx';

/** @param {File} file */
async function open(file) {
  const text = await textOf(file);
  if (text === undefined) return;
  ruleset.value = text;
  proposed.value = null;
  from.value = null;
  said.value = `${file.name} is open. It stays in this page.`;
}

function download() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([ruleset.value], { type: 'application/json' }));
  link.download = 'ruleset.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Lays the ruleset out; only white space changes. */
async function format() {
  const text = ruleset.value;
  try {
    const laid = await tools.ask('format', { ruleset: text });
    // Whoever has gone on writing meanwhile has the last word.
    if (ruleset.value === text) ruleset.value = laid;
  } catch (error) {
    said.value = error instanceof Error ? error.message : String(error);
  }
}

/** A file that is dropped is opened, not written into the text. */
const drop = EditorView.domEventHandlers({
  drop: (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return false;
    event.preventDefault();
    void open(file);
    return true;
  },
});

const extensions = [completion, drop];

/** A button that writes the name that was probably meant. @param {import('../../workers/evaluate.js').Remark} remark @returns {{ actions?: import('@codemirror/lint').Action[] }} */
function mending({ suggestion }) {
  if (suggestion === undefined) return {};
  const insert = JSON.stringify(suggestion);
  const apply = (/** @type {EditorView} */ view, /** @type {number} */ from, /** @type {number} */ to) => {
    // Only what is a name as it stands.
    if (view.state.doc.sliceString(from, from + 1) === '"') view.dispatch({ changes: { from, to, insert }, userEvent: 'input.mend' });
  };
  return { actions: [{ name: `Write ${insert}`, apply }] };
}

export function RulesetCard() {
  const view = useRef(/** @type {EditorView | null} */ (null));
  const said = found.value;
  useEffect(checking, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || !said) return;
    const { length } = editor.state.doc;
    editor.dispatch(setDiagnostics(editor.state, said.remarks.map((remark) => ({
      from: Math.min(remark.from, length), to: Math.min(Math.max(remark.to, remark.from), length),
      severity: remark.severity === 'warning' ? 'warning' : 'error', source: remark.code, message: `${remark.message}\nTo mend it: ${remark.help}`,
      ...mending(remark),
    }))));
  }, [said]);
  const go = (/** @type {import('../../workers/evaluate.js').Remark} */ { from, to }) => {
    const editor = view.current;
    if (!editor) return;
    const { length } = editor.state.doc;
    editor.dispatch({ selection: { anchor: Math.min(from, length), head: Math.min(to, length) }, effects: EditorView.scrollIntoView(Math.min(from, length), { y: 'center' }) });
    editor.focus();
  };
  return (
    <section class="card document" aria-labelledby="document-heading">
      <div class="head">
        <h2 id="document-heading">Ruleset</h2>
        <div class="buttons">
          <button type="button" class="quiet" onClick={() => void format()}>Format</button>
          <OpenFile open={open} />
          <button type="button" class="quiet" onClick={download}>Download</button>
        </div>
      </div>
      <Editor label="Ruleset, as JSON" text={ruleset.value} change={(text) => (ruleset.value = text)} extensions={extensions} view={(editor) => (view.current = editor)} />
      <Remarks go={go} />
    </section>
  );
}
