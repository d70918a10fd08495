/**
 * A text editor: CodeMirror, inside a shadow root. There it brings its styles as objects and not as elements,
 * which the page's policy would refuse.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'preact/hooks';

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-name)' },
  { tag: tags.string, color: 'var(--code-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-word)' },
  { tag: tags.invalid, color: 'var(--lose)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--code-size)', color: 'var(--ink)', backgroundColor: 'var(--field)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--field)', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--row)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--focus)', color: 'var(--on-focus)' },
  '.cm-diagnostic': { padding: '0.4em 0.7em' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--ink)' },
});

/** What every editor of the page has; Tab leaves it, as it leaves any other field. */
const common = [
  lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
  json(), syntaxHighlighting(colours), theme, EditorView.lineWrapping, EditorState.tabSize.of(2),
];

/**
 * @param {{
 *   text: string, label: string, change?: (text: string) => void,
 *   extensions?: import('@codemirror/state').Extension, view?: (view: EditorView) => void,
 * }} properties text: when it is another than the editor's own, it replaces that. view: hears the editor once, for
 *   whoever wants to dispatch to it
 */
export function Editor({ text, label, change, extensions = [], view: hear }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const view = useRef(/** @type {EditorView | null} */ (null));
  const changed = useRef(change);
  changed.current = change;

  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (host.current);
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      root, parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          common, extensions,
          // Editable content has the focus anyhow; what judges pages looks for the attribute.
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => {
            // Text that came from outside is no news to whoever is outside.
            if (docChanged && !transactions.every((one) => one.isUserEvent('outside'))) changed.current?.(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    hear?.(editor);
    return () => editor.destroy();
    // The editor lives as long as its place; label and extensions are those of its beginning.
  }, []);

  useEffect(() => {
    const editor = view.current;
    const own = editor?.state.doc.toString();
    if (!editor || own === text) return;
    editor.dispatch({ changes: { from: 0, to: own?.length, insert: text }, userEvent: 'outside' });
  }, [text]);

  return <div class="editor" ref={host} />;
}
