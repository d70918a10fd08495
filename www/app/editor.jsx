/**
 * A text editor: CodeMirror, inside a shadow root. There it brings its styles as objects and not as elements,
 * which the page's policy would refuse.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { Compartment, EditorState, Text } from '@codemirror/state';
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

/** What an editor has for text that it can lay out quickly. */
const rich = [json(), syntaxHighlighting(colours), foldGutter(), bracketMatching(), indentOnInput()];

/**
 * Typing over a selection. Left to the browser, it keeps the look of what goes in an inline style, which the page's
 * policy refuses aloud.
 */
const typing = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== 'insertText' || event.isComposing || empty || !text) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    return true;
  },
});

/** What every editor has; Tab leaves it, as it leaves any other field. */
const plain = [
  typing, lineNumbers(), history(), drawSelection(), closeBrackets(), highlightActiveLine(),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
  theme, EditorView.lineWrapping, EditorState.tabSize.of(2),
  // What scrolls has to hold something that every engine focuses.
  EditorView.contentAttributes.of({ tabindex: '0' }),
];

export const common = [plain, rich];

/**
 * Makes the styles of a root's editors hold. Firefox keeps what it once made of a list of sheets, and all editors share
 * one sheet, which grows with each new kind of editor: a sheet of its own makes the list another one.
 * @param {ShadowRoot} root
 */
export function restyle(root) {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, new CSSStyleSheet()];
}

/** Characters of a text, and of one of its lines, beyond which it is shown without colours and folds. */
const LARGE = 8_000_000;
const WIDE = 200_000;

/** @param {import('@codemirror/state').Text} doc */
function isHeavy(doc) {
  if (doc.length > LARGE) return true;
  if (doc.length > WIDE) for (const line of doc.iterLines()) if (line.length > WIDE) return true;
  return false;
}

const colouring = new Compartment();

/** Colours, as long as the text is light enough: looked at anew when much of it comes at once. */
const light = EditorState.transactionExtender.of((transaction) => {
  let came = 0;
  transaction.changes.iterChanges((fromA, toA, fromB, toB) => void (came = Math.max(came, toB - fromB, toA - fromA)));
  if (came < 10_000) return null;
  const heavy = isHeavy(transaction.newDoc);
  const now = /** @type {readonly unknown[]} */ (colouring.get(transaction.startState))?.length === 0;
  return heavy === now ? null : { effects: colouring.reconfigure(heavy ? [] : rich) };
});

/** Characters from which on an editor waits for a pause before it tells its text, and milliseconds of that. */
const LONG = 100_000;
const PAUSE = 200;

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
  /**
   * Texts that the editor has told and that have not come back yet, and the one that came last: whoever types is ahead
   * of what is rendered. Comparing a text with itself costs nothing, however long it is.
   */
  const told = useRef([text]);

  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (host.current);
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let waiting;
    const tell = () => {
      clearTimeout(waiting);
      waiting = undefined;
      const own = editor.state.doc.toString();
      told.current.push(own);
      changed.current?.(own);
    };
    const editor = new EditorView({
      root, parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          plain, light, colouring.of(isHeavy(Text.of(text.split('\n'))) ? [] : rich), extensions,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => {
            // Text that came from outside is no news to whoever is outside.
            if (!docChanged || transactions.every((one) => one.isUserEvent('outside'))) return;
            clearTimeout(waiting);
            // A long text is not made anew for every key.
            if (state.doc.length < LONG) tell();
            else waiting = setTimeout(tell, PAUSE);
          }),
        ],
      }),
    });
    restyle(root);
    view.current = editor;
    hear?.(editor);
    return () => {
      if (waiting !== undefined) tell();
      editor.destroy();
    };
    // The editor lives as long as its place; label and extensions are those of its beginning.
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const echo = told.current.lastIndexOf(text);
    if (echo >= 0) return void told.current.splice(0, echo);
    told.current = [text];
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, userEvent: 'outside' });
  }, [text]);

  return <div class="editor" ref={host} />;
}
