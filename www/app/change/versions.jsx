/** Both versions as text: side by side, what differs marked and what is alike folded away; in one column on narrow screens. */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Editor, common, restyle } from '../editor.jsx';
import { proposed, ruleset } from '../state.js';
import { written } from './asked.js';

/** Beyond so much text, nothing is compared while somebody types. */
const LARGE = 2_000_000;

/** Where flags are written one a line, the lines around a change say little and take much room. @param {string} text */
const folded = (text) => ({ margin: text.length > 120 * text.split('\n', 1000).length ? 0 : 2, minSize: 2 });

const DIFF = { scanLimit: 500, timeout: 200 };
const MARKS = { highlightChanges: true, gutter: true, diffConfig: DIFF };

const theme = EditorView.theme({
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'color-mix(in srgb, var(--lose) 9%, transparent)' },
  '&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': { backgroundColor: 'color-mix(in srgb, var(--gain) 9%, transparent)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--lose) 25%, transparent) !important' },
  '&.cm-merge-b .cm-changedText': { background: 'color-mix(in srgb, var(--gain) 25%, transparent) !important' },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--lose) !important' },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'var(--gain) !important' },
  '.cm-collapsedLines': { background: 'var(--row) !important', color: 'var(--soft) !important' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"⋯" !important' },
});

/** The present version is another one; the proposed one, which was the same, stays what it was. @param {string} text */
export function rewrite(text) {
  proposed.value ??= ruleset.peek();
  ruleset.value = text;
}

const NARROW = '(max-width: 60rem)';

export function Versions() {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const hear = () => setNarrow(query.matches);
    query.addEventListener('change', hear);
    return () => query.removeEventListener('change', hear);
  }, []);
  if (ruleset.value.length + written.value.length > LARGE) return <Plain />;
  return narrow ? <OneOfBoth /> : <Both />;
}

function Both() {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const view = useRef(/** @type {MergeView | null} */ (null));
  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (host.current);
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const side = (/** @type {string} */ label, /** @type {string} */ doc, /** @type {(text: string) => void} */ change) => ({
      doc,
      extensions: [
        common, theme, EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of(({ docChanged, state, transactions }) => {
          if (docChanged && !transactions.every((one) => one.isUserEvent('outside'))) change(state.doc.toString());
        }),
      ],
    });
    const merge = new MergeView({
      a: side('Present version', ruleset.peek(), rewrite),
      b: side('Proposed version', written.peek(), (text) => (proposed.value = text)),
      parent: root, root, ...MARKS,
    });
    restyle(root);
    merge.dom.style.height = '100%';
    view.current = merge;
    fold(merge);
    return () => merge.destroy();
  }, []);

  const [old, next] = [ruleset.value, written.value];
  useEffect(() => {
    const merge = view.current;
    if (!merge) return;
    // What is written now, and not when this was rendered: whoever types is ahead of that.
    const told = [replace(merge.a, ruleset.peek()), replace(merge.b, written.peek())];
    if (told.includes(true)) fold(merge);
  }, [old, next]);
  return <div class="editor" ref={host} />;
}

/** @param {EditorView} editor @param {string} text @returns {boolean} whether it was another */
function replace(editor, text) {
  const own = editor.state.doc.toString();
  if (own === text) return false;
  editor.dispatch({ changes: { from: 0, to: own.length, insert: text }, userEvent: 'outside' });
  return true;
}

/** Folds what is alike, where something is not. @param {MergeView} merge */
function fold(merge) {
  merge.reconfigure({ collapseUnchanged: undefined });
  const [first] = merge.chunks;
  if (!first) return;
  merge.reconfigure({ collapseUnchanged: folded(merge.b.state.doc.toString()) });
  const at = Math.min(first.fromB + (first.changes[0]?.fromB ?? 0), merge.b.state.doc.length);
  // The editor's own way would scroll the page too.
  const scroll = (/** @type {DOMRect | undefined} */ frame) => {
    const place = merge.b.coordsAtPos(at);
    if (frame && place) merge.dom.scrollTop += place.top - frame.top - 60;
  };
  merge.dom.scrollTop = merge.b.lineBlockAt(at).top;
  requestAnimationFrame(() => requestAnimationFrame(() => merge.dom.isConnected && scroll(merge.dom.getBoundingClientRect())));
}

/** One of the two, where there is no room for both. */
function OneOfBoth() {
  const [present, setPresent] = useState(false);
  return (
    <>
      <div class="views" role="group" aria-label="The version to edit">
        <button type="button" aria-pressed={!present} onClick={() => setPresent(false)}>Proposed</button>
        <button type="button" aria-pressed={present} onClick={() => setPresent(true)}>Present</button>
      </div>
      {present ? <Editor label="Present version" text={ruleset.value} change={rewrite} /> : <Unified />}
    </>
  );
}

/**
 * The proposed version alone, with the lines of the present one that it replaces. What comes from elsewhere than its
 * own keys is shown by a new editor, whose folds are those of the new text.
 */
function Unified() {
  const [own, count] = [useRef(written.value), useRef(0)];
  const last = useRef(ruleset.value);
  if (written.value !== own.current || ruleset.value !== last.current) count.current++;
  [own.current, last.current] = [written.value, ruleset.value];
  const original = ruleset.value;
  const marks = { original, mergeControls: false, syntaxHighlightDeletions: false, ...MARKS };
  const extensions = [theme, unifiedMergeView({ ...marks, ...(original === written.value ? {} : { collapseUnchanged: folded(original) }) })];
  return (
    <Editor
      key={count.current} label="Proposed version, with what it replaces in the present one" text={written.value} extensions={extensions}
      change={(text) => {
        own.current = text;
        proposed.value = text;
      }}
    />
  );
}

/** Two editors without marks. */
function Plain() {
  return (
    <div class="plain">
      <Editor label="Present version" text={ruleset.value} change={rewrite} />
      <Editor label="Proposed version" text={written.value} change={(text) => (proposed.value = text)} />
    </div>
  );
}
