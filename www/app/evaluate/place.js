/** Where in a JSON document an editor's cursor is, told from the syntax tree; never from the whole text. */
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';

/** @typedef {import('@lezer/common').SyntaxNode} SyntaxNode */
/** @typedef {import('./schema.js').Step} Step */
/**
 * @typedef {object} Place
 * @property {'name' | 'value'} kind whether a member's name stands here, or a value
 * @property {Step[]} steps from the root: to the object for a name, to the value itself for a value
 * @property {number} from of what is written here already @property {number} to
 * @property {boolean} named whether a colon follows the name
 * @property {() => Record<string, unknown>} members of the object around: scalars, and `true` for what is none
 * @property {SyntaxNode | null} around the object or list that it stands in
 */

/** Characters of a name or a value that are read. */
const LONG = 2000;

/** Reads what stands at nodes of a document. @param {import('@codemirror/state').Text} doc @returns {(node: { from: number, to: number }) => string} */
export const reader = (doc) => ({ from, to }) => doc.sliceString(from, Math.min(to, from + LONG));

/** Milliseconds that an editor may parse before it answers. */
const PATIENCE = 40;

/** Members of one object that are read. */
const MANY = 5000;

/** @param {import('@codemirror/state').EditorState} state @param {number} pos */
export const treeAt = (state, pos) => ensureSyntaxTree(state, pos, PATIENCE) ?? syntaxTree(state);

/** @param {import('@codemirror/state').EditorState} state @param {number} pos @returns {Place | null} null: nothing can stand here */
export function placeAt(state, pos) {
  const { doc } = state;
  const text = reader(doc);
  const tree = treeAt(state, pos);
  let node = tree.resolveInner(pos, -1);
  let [from, to] = [pos, pos];
  if (/^(PropertyName|String|Number|True|False|Null)$/.test(node.name)) {
    [from, to] = [node.from, node.to];
    // After its end nothing of it is being written.
    if (pos === to && /^(PropertyName|String)$/.test(node.name) && to - from > 1) return null;
  } else {
    const word = doc.sliceString(Math.max(0, pos - 200), pos).match(/["\w$.-]+$/);
    if (word) from = pos - word[0].length;
  }
  const before = doc.sliceString(Math.max(0, from - 2000), from).trimEnd().at(-1);
  const around = container(tree.resolveInner(from, -1), from);
  if (before === ':') {
    const property = propertyBefore(tree, from, doc);
    if (!property) return null;
    return { kind: 'value', steps: stepsTo(property, text), from, to, named: false, members: () => membersOf(property.parent, text), around: property.parent };
  }
  if (!around) return null;
  if (around.name === 'Array') {
    return before === '[' || before === ',' ? { kind: 'value', steps: [...stepsTo(around, text), { item: true }], from, to, named: false, members: () => ({}), around } : null;
  }
  if (before !== '{' && before !== ',') return null;
  const named = /^\s*:/.test(doc.sliceString(to, Math.min(doc.length, to + 100)));
  return { kind: 'name', steps: stepsTo(around, text), from, to, named, members: () => membersOf(around, text, from), around };
}

/** @param {SyntaxNode | null} node @param {number} from @returns {SyntaxNode | null} the innermost object or list that `from` is inside of */
function container(node, from) {
  while (node && !((node.name === 'Object' || node.name === 'Array') && node.from < from)) node = node.parent;
  return node;
}

/** The member whose value begins after a colon. @param {import('@lezer/common').Tree} tree @param {number} from @param {import('@codemirror/state').Text} doc */
function propertyBefore(tree, from, doc) {
  const head = doc.sliceString(Math.max(0, from - 2000), from).trimEnd();
  /** @type {SyntaxNode | null} */
  let node = tree.resolveInner(from - (Math.min(from, 2000) - head.length), -1);
  while (node && node.name !== 'Property') node = node.parent;
  return node;
}

/** Steps from the root to a node's value. @param {SyntaxNode} node @param {(node: SyntaxNode) => string} text @returns {Step[]} */
export function stepsTo(node, text) {
  /** @type {Step[]} */
  const steps = [];
  for (let at = /** @type {SyntaxNode | null} */ (node); at; at = at.parent) {
    if (at.name === 'Property') {
      const object = at.parent;
      steps.push({ member: nameOf(at, text), siblings: () => membersOf(object, text) });
    } else if (at.parent?.name === 'Array') steps.push({ item: true });
  }
  return steps.reverse();
}

/** @param {SyntaxNode} property @param {(node: SyntaxNode) => string} text */
export function nameOf(property, text) {
  const name = property.getChild('PropertyName');
  return name ? unquoted(text(name)) : '';
}

/** @param {string} text of a JSON string, perhaps not finished */
function unquoted(text) {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.replace(/^"|"$/g, '');
  }
}

/** @param {SyntaxNode | null} object @param {(node: SyntaxNode) => string} text @param {number} [except] where the name starts that is being written */
export function membersOf(object, text, except) {
  /** @type {[string, unknown][]} */
  const members = [];
  for (let at = object?.firstChild ?? null; at && members.length < MANY; at = at.nextSibling) {
    if (at.name !== 'Property' || at.from === except) continue;
    const value = at.lastChild;
    members.push([nameOf(at, text), value && /^(String|Number|True|False)$/.test(value.name) ? scalar(text(value)) : true]);
  }
  return Object.fromEntries(members);
}

/** @param {string} text */
function scalar(text) {
  try {
    return JSON.parse(text);
  } catch {
    return unquoted(text);
  }
}

/** The value of a member of an object. @param {SyntaxNode | null} object @param {string} name @param {(node: SyntaxNode) => string} text @returns {SyntaxNode | null} */
export function memberOf(object, name, text) {
  for (let at = object?.firstChild ?? null; at; at = at.nextSibling) if (at.name === 'Property' && nameOf(at, text) === name) return at.lastChild;
  return null;
}
