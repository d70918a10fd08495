/** What an editor of contexts offers: the attributes that the ruleset reads, and values that its rules name. */
import { autocompletion } from '@codemirror/autocomplete';
import { names } from './looked.js';
import { placeAt } from './place.js';
import { piece, words } from './write.js';

/** @typedef {import('./names.js').Attribute} Attribute */

/**
 * Names that lead on from a place to attributes.
 * @param {readonly Attribute[]} attributes @param {readonly string[]} path
 * @returns {Map<string, Attribute | undefined>} name to the attribute that it is, or undefined: one lies further in
 */
function namesAfter(attributes, path) {
  /** @type {Map<string, Attribute | undefined>} */
  const found = new Map();
  for (const attribute of attributes) {
    if (attribute.path.length <= path.length || !path.every((name, at) => attribute.path[at] === name)) continue;
    const whole = attribute.path.length === path.length + 1;
    if (whole || !found.has(attribute.path[path.length])) found.set(attribute.path[path.length], whole ? attribute : undefined);
  }
  return found;
}

/** How an attribute's value begins. @param {Attribute | undefined} attribute */
function begin(attribute) {
  if (!attribute) return '{ #{} }';
  if (attribute.list) return '[#{}]';
  const [first] = attribute.values;
  if (first === undefined) return attribute.path.join('.') === 'targetingKey' ? '"#{user-1}"' : '#{}';
  return typeof first === 'string' ? '"#{}"' : '#{}';
}

/** Known to every context, whatever rules say. */
const KEY = { path: ['targetingKey'], values: [], list: false };

/** @param {import('@codemirror/autocomplete').CompletionContext} context */
function offer(context) {
  const place = placeAt(context.state, context.pos);
  if (!place || (!context.explicit && place.from === context.pos && place.kind === 'name')) return null;
  const path = place.steps.flatMap((step) => ('member' in step ? [step.member] : []));
  const all = [...Object.values(names.value.attributes), KEY];
  if (place.kind === 'name') {
    const present = place.members();
    const options = [...namesAfter(all, path)].filter(([name]) => !Object.hasOwn(present, name)).map(([name, attribute]) => {
      const text = JSON.stringify(name);
      return {
        label: text, displayLabel: name, type: 'property', detail: attribute ? 'read by rules' : 'holds attributes',
        apply: place.named ? words(text) : piece(`${text}: ${begin(attribute)}`),
      };
    });
    return options.length === 0 ? null : { from: place.from, options };
  }
  const attribute = all.find((one) => one.path.length === path.length && one.path.every((name, at) => name === path[at]));
  const values = attribute?.values ?? [];
  return values.length === 0 ? null : {
    from: place.from,
    options: values.map((value) => ({ label: JSON.stringify(value), displayLabel: String(value), type: 'constant', detail: 'named by a rule', apply: words(JSON.stringify(value)) })),
  };
}

export const attributes = [autocompletion({ override: [offer], maxRenderedOptions: 60 })];
