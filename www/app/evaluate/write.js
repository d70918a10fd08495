/** How a chosen completion is written: in place of the whole name or value that the cursor is in. */
import { insertCompletionText, snippet, startCompletion } from '@codemirror/autocomplete';
import { placeAt } from './place.js';

/** @typedef {NonNullable<import('@codemirror/autocomplete').Completion['apply']>} Apply */

/** Where the name or value ends: behind its closing quote, which is not what was typed. @param {import('@codemirror/view').EditorView} view @param {number} to */
const endOf = (view, to) => Math.max(to, placeAt(view.state, to)?.to ?? to);

/** @param {string} text @returns {Apply} */
export const words = (text) => (view, _, from, to) => void view.dispatch(insertCompletionText(view.state, text, from, endOf(view, to)));

/** A piece with fields; if one of them is empty, goes on with what may stand there. @param {string} template @returns {Apply} */
export const piece = (template) => (view, completion, from, to) => {
  // Without a field the cursor would stay before it.
  snippet(/[#$]\{/.test(template) ? template : `${template}#{}`)(view, completion, from, endOf(view, to));
  if (template.includes('#{}')) startCompletion(view);
};
