/** The evaluation context and the instant: whom the flags are decided for, and when. */
import { syntaxTree } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { useEffect, useRef } from 'preact/hooks';
import { examples } from '../begin.js';
import { Editor } from '../editor.jsx';
import { laidOut } from '../layout.js';
import { context } from '../state.js';
import { attributes } from './attributes.js';
import { Instant } from './instant.jsx';
import { fault } from './looked.js';

export function ContextCard() {
  const at = examples.findIndex((example) => laidOut(example.context) === context.value);
  const view = useRef(/** @type {import('@codemirror/view').EditorView | null} */ (null));
  const said = fault.value;
  useEffect(() => {
    if (view.current) show(view.current, said);
  }, [said]);
  return (
    <section class="card context" aria-labelledby="context-heading">
      <div class="head">
        <h2 id="context-heading">Context</h2>
        {examples.length > 0 && (
          <select aria-label="Example of a context" value={String(at)} onChange={(event) => (context.value = laidOut(examples[Number(event.currentTarget.value)].context))}>
            <option value="-1" disabled>your own</option>
            {examples.map(({ name }, index) => <option key={name} value={String(index)}>{name}</option>)}
          </select>
        )}
      </div>
      <Editor label="Evaluation context, as JSON" text={context.value} change={(text) => (context.value = text)} extensions={attributes} view={(editor) => (view.current = editor)} />
      <p class={said ? 'foot failed' : 'foot soft'} role="status" title={said}>{said ? `No evaluation: ${said}` : 'Ctrl-Space offers what the rules look at.'}</p>
      <Instant />
    </section>
  );
}

/** Browsers do not agree on how they tell the place of a mistake in JSON: the editor's own tree knows it. @param {import('@codemirror/view').EditorView} editor @param {string} said */
function show(editor, said) {
  /** @type {number | undefined} */
  let at;
  if (said) syntaxTree(editor.state).iterate({ enter: ({ type, from }) => void (type.isError && (at ??= from)) });
  const place = at === undefined ? undefined : { from: Math.max(0, at - 1), to: Math.min(at + 1, editor.state.doc.length) };
  editor.dispatch(setDiagnostics(editor.state, place ? [{ ...place, severity: 'error', message: said }] : []));
}
