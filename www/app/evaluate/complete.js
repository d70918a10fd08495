/** What an editor of rulesets offers: members and values of the schema, and names that the document has. */
import { autocompletion } from '@codemirror/autocomplete';
import { hoverTooltip } from '@codemirror/view';
import { names } from './looked.js';
import { memberOf, membersOf, nameOf, placeAt, reader, stepsTo, treeAt } from './place.js';
import { beginning, descriptionOf, domainOf, membersAt, shapesAt, snippetsAt, valuesAt } from './schema.js';
import { piece, words } from './write.js';

/** @typedef {import('@codemirror/autocomplete').Completion} Completion */
/** @typedef {import('./place.js').Place} Place */

/** The schema, which is fetched once; without it nothing is offered. @type {Promise<import('./schema.js').Schema | undefined> | undefined} */
let fetching;

async function fetchSchema() {
  try {
    const response = await fetch(new URL('examples/ruleset.schema.json', document.baseURI), { credentials: 'omit' });
    if (response.ok) return await response.json();
  } catch {
    // As where the host has none.
  }
  // The next one who asks tries again.
  fetching = undefined;
  return undefined;
}

/** @param {import('@codemirror/autocomplete').CompletionContext} context */
async function ruleset(context) {
  const schema = await (fetching ??= fetchSchema());
  if (!schema) return null;
  const place = placeAt(context.state, context.pos);
  if (!place || (!context.explicit && place.from === context.pos && place.kind === 'name')) return null;
  const options = place.kind === 'name' ? memberOptions(schema, place) : valueOptions(schema, place, context.state.doc);
  return options.length === 0 ? null : { from: place.from, options };
}

/** @param {import('./schema.js').Schema} root @param {Place} place @returns {Completion[]} */
function memberOptions(root, place) {
  const shapes = shapesAt(root, place.steps);
  // Of a test's value the schema knows the type only by the operator.
  const list = /^(in|hasAny|hasAll)$/.test(String(place.members().op));
  const members = membersAt(root, shapes, place.members()).map(({ name, schema: of, required }) => ({
    label: `"${name}"`, displayLabel: name, type: 'property', detail: required ? 'required' : '', boost: required ? 2 : 0,
    info: of.description, apply: place.named ? words(`"${name}"`) : piece(`"${name}": ${list && name === 'value' ? '[#{}]' : beginning(root, of)}`),
  }));
  const snippets = snippetsAt(root, shapes).filter(() => !place.named && Object.keys(place.members()).length === 0);
  return [...members, ...snippets.map(({ label, description, body }) => ({
    label: `"${label}"`, displayLabel: label, type: 'text', detail: description, boost: -1,
    // The braces are there already.
    apply: piece(template(body).replace(/^\{\s*|\s*\}$/g, '')),
  }))];
}

/** A body as a template. @param {unknown} body */
const template = (body) => JSON.stringify(body, null, '\t').replace(/^\t/gm, '');

/** @param {import('./schema.js').Schema} root @param {Place} place @param {import('@codemirror/state').Text} doc @returns {Completion[]} */
function valueOptions(root, place, doc) {
  const shapes = shapesAt(root, place.steps);
  const described = valuesAt(root, shapes).map(({ text, description }) => ({ label: text, displayLabel: text.replace(/^"|"$/g, ''), type: 'enum', info: description, apply: words(text) }));
  const domain = domainOf(root, shapes);
  const named = domain ? namesFor(domain, place, doc).map(([name, detail]) => ({ label: JSON.stringify(name), displayLabel: String(name), type: 'variable', detail, boost: 1, apply: words(JSON.stringify(name)) })) : [];
  const snippets = snippetsAt(root, shapes).map(({ label, description, body }) => ({
    label, type: 'text', detail: description, boost: -1, apply: piece(template(body)),
  }));
  const seen = new Set(named.map(({ label }) => label));
  return [...named, ...described.filter(({ label }) => !seen.has(label)), ...(domain === 'value' ? [] : snippets)];
}

/** @param {NonNullable<ReturnType<typeof domainOf>>} domain @param {Place} place @param {import('@codemirror/state').Text} doc @returns {[unknown, string][]} */
function namesFor(domain, place, doc) {
  const text = reader(doc);
  const { flags, segments, salts, attributes } = names.value;
  const members = place.members();
  if (domain === 'segment') return segments.map((name) => [name, 'segment']);
  if (domain === 'flag') return Object.keys(flags).map((key) => [key, 'flag']);
  if (domain === 'salt') return salts.map((salt) => [salt, 'salt']);
  if (domain === 'path') return ['targetingKey', ...Object.keys(attributes)].filter((path, at, all) => all.indexOf(path) === at && !path.startsWith('[')).map((path) => [path, 'attribute']);
  if (domain === 'value') {
    const of = attributes[String(members.attribute ?? attributeAround(place, text))];
    return (of?.values ?? []).map((value) => [value, `used with ${of?.path.join('.')}`]);
  }
  if (domain === 'is') {
    const key = String(members.flag ?? memberText(place.around?.parent?.parent ?? null, 'flag', text));
    return (Object.hasOwn(flags, key) ? flags[key] : []).map((name) => [name, `variant of ${key}`]);
  }
  // Of the flag as it stands here: it may be newer than the last document that loaded.
  let node = place.around;
  while (node && !(node.name === 'Object' && node.parent?.name === 'Property' && node.parent.parent?.parent?.name === 'Property' && nameOf(node.parent.parent.parent, text) === 'flags')) node = node.parent;
  return Object.keys(membersOf(memberOf(node, 'variants', text), text)).map((name) => [name, 'variant']);
}

/** The attribute of a test whose list of values is being written. @param {Place} place @param {(node: any) => string} text */
const attributeAround = (place, text) => memberText(place.around?.parent?.parent ?? null, 'attribute', text);

/** @param {import('@lezer/common').SyntaxNode | null} object @param {string} name @param {(node: any) => string} text */
function memberText(object, name, text) {
  const value = memberOf(object, name, text);
  return value ? text(value).replace(/^"|"$/g, '') : '';
}

/** Says what a member means, or an operator. */
const hover = hoverTooltip(async (view, pos) => {
  const schema = await (fetching ??= fetchSchema());
  if (!schema) return null;
  const node = treeAt(view.state, pos).resolveInner(pos, 0);
  const text = reader(view.state.doc);
  const property = node.parent?.name === 'Property' ? node.parent : null;
  if (!property || (node.name !== 'PropertyName' && node.name !== 'String')) return null;
  const shapes = shapesAt(schema, stepsTo(property, text));
  const said = node.name === 'PropertyName' ? descriptionOf(shapes) : valuesAt(schema, shapes).find((value) => value.text === text(node))?.description;
  if (!said) return null;
  return {
    pos: node.from, end: node.to, above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'says';
      dom.textContent = said;
      return { dom };
    },
  };
});

/** For an editor of rulesets. */
export const completion = [autocompletion({ override: [ruleset], maxRenderedOptions: 60 }), hover];
