/**
 * What a JSON Schema (draft-07, as far as ours uses it) allows at a place of a document: members, values and their
 * descriptions. Knows no editor.
 */

/** A schema, with where it came from: a definition, or a member of one. @typedef {{ [name: string]: any, $def?: string, $of?: string, $member?: string }} Schema */
/** A step from the root inwards. @typedef {{ member: string, siblings: () => Record<string, unknown> } | { item: true }} Step siblings: scalar members of the same object */
/** @typedef {{ name: string, schema: Schema, required: boolean }} Member */
/** @typedef {{ text: string, description?: string }} Value JSON */

/** @param {Schema} root @param {Schema} schema @returns {Schema} without references, what stands beside one before what it names */
export function resolve(root, schema) {
  if (typeof schema.$ref !== 'string') return schema;
  const name = schema.$ref.replace('#/definitions/', '');
  const { $ref, ...rest } = schema;
  return resolve(root, { ...root.definitions[name], ...rest, $def: name });
}

/** A schema and all that is true beside it or may be in its place. @param {Schema} root @param {Schema} schema @param {() => Record<string, unknown>} siblings @returns {Schema[]} */
function expand(root, schema, siblings) {
  const flat = resolve(root, schema);
  const { $def, $of, $member } = flat;
  const under = (/** @type {Schema} */ part) => expand(root, { $def, $of, $member, ...(typeof part === 'object' ? part : {}) }, siblings);
  const parts = [...(flat.anyOf ?? []), ...(flat.oneOf ?? []), ...(flat.allOf ?? [])].flatMap(under);
  return [flat, ...parts, ...(flat.if && fits(flat.if, siblings()) ? under(flat.then ?? {}) : [])];
}

/** Whether scalar members are as a condition of a schema says. @param {Schema} condition @param {Record<string, unknown>} members */
function fits(condition, members) {
  return (
    (condition.required ?? []).every((/** @type {string} */ name) => Object.hasOwn(members, name)) &&
    Object.entries(condition.properties ?? {}).every(([name, wanted]) => 'const' in wanted ? members[name] === wanted.const : (wanted.enum ?? [members[name]]).includes(members[name]))
  );
}

/** The schemas of a place; several where it may be one or the other. @param {Schema} root @param {readonly Step[]} steps @returns {Schema[]} */
export function shapesAt(root, steps) {
  let shapes = [root];
  for (const step of steps) {
    shapes = shapes.flatMap((shape) => {
      const own = 'member' in step ? step.siblings : () => ({});
      return expand(root, shape, own).flatMap((part) => {
        const next = 'item' in step ? part.items : memberOf(part, step.member);
        if (typeof next !== 'object') return [];
        const of = 'item' in step ? { $of: part.$of, $member: part.$member } : { $of: part.$def, $member: step.member };
        return [resolve(root, { ...next, ...of })];
      });
    });
  }
  return shapes;
}

/** @param {Schema} schema @param {string} name */
function memberOf(schema, name) {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  if (Object.keys(schema.patternProperties ?? {}).some((pattern) => new RegExp(pattern).test(name))) return undefined;
  return schema.additionalProperties;
}

/**
 * Members that an object may still get.
 * @param {Schema} root @param {readonly Schema[]} shapes of the object @param {Record<string, unknown>} present its members; those that are no scalars are anything
 * @returns {Member[]}
 */
export function membersAt(root, shapes, present) {
  /** @type {Map<string, Member>} */
  const members = new Map();
  for (const part of shapes.flatMap((shape) => expand(root, shape, () => present))) {
    // Of members that exclude each other, one is there or none yet.
    const heads = (part.oneOf ?? []).flatMap((/** @type {Schema} */ { required }) => required ?? []);
    const head = heads.find((/** @type {string} */ name) => Object.hasOwn(present, name));
    for (const [name, schema] of Object.entries(part.properties ?? {})) {
      if (schema === false) {
        members.delete(name);
        continue;
      }
      if (Object.hasOwn(present, name) || members.has(name)) continue;
      const needs = part.dependencies?.[name] ?? [];
      const allowed = heads.includes(name) ? head === undefined : needs.every((/** @type {string} */ need) => Object.hasOwn(present, need));
      const wanted = part.required?.includes(name) || Object.entries(part.dependencies ?? {}).some(([of, list]) => Object.hasOwn(present, of) && list.includes(name));
      if (allowed) members.set(name, { name, schema: resolve(root, { ...schema, $of: part.$def, $member: name }), required: wanted === true });
    }
  }
  return [...members.values()];
}

/** Values that a place may have, as far as the schema names them. @param {Schema} root @param {readonly Schema[]} shapes @returns {Value[]} */
export function valuesAt(root, shapes) {
  /** @type {Map<string, Value>} */
  const values = new Map();
  const add = (/** @type {unknown} */ value, /** @type {string | undefined} */ description) => {
    const text = JSON.stringify(value);
    if (!values.has(text)) values.set(text, { text, ...(description ? { description } : {}) });
  };
  for (const part of shapes.flatMap((shape) => expand(root, shape, () => ({})))) {
    (part.enum ?? []).forEach((/** @type {unknown} */ value, /** @type {number} */ at) => add(value, part.enumDescriptions?.[at]));
    if ('const' in part) add(part.const, part.description);
    if (part.type === 'boolean') [true, false].forEach((value) => add(value, value === part.default ? 'the default' : undefined));
    for (const example of part.examples ?? []) add(example, 'for example');
  }
  return [...values.values()];
}

/** Ready-made pieces for a place: their bodies have fields such as `${1:on}`. @param {Schema} root @param {readonly Schema[]} shapes @returns {{ label: string, description: string, body: unknown }[]} */
export function snippetsAt(root, shapes) {
  const all = shapes.flatMap((shape) => expand(root, shape, () => ({}))).flatMap((part) => part.defaultSnippets ?? []);
  return all.filter((snippet, at) => all.findIndex(({ label }) => label === snippet.label) === at);
}

/** What a place holds the name of, if it does. @param {Schema} root @param {readonly Schema[]} shapes @returns {'variant' | 'segment' | 'flag' | 'is' | 'path' | 'salt' | 'value' | undefined} */
export function domainOf(root, shapes) {
  for (const { $def, $of, $member } of shapes.flatMap((shape) => expand(root, shape, () => ({})))) {
    if ($def === 'variantName') return 'variant';
    if ($def === 'path' || $def === 'salt') return $def;
    if ($of === 'condition' && ($member === 'segment' || $member === 'flag' || $member === 'is' || $member === 'value')) return $member;
  }
  return undefined;
}

/** What a place is, in words. @param {readonly Schema[]} shapes */
export const descriptionOf = (shapes) => shapes.find(({ description }) => description)?.description ?? '';

/** How a member's value begins, with a field where the writer goes on. @param {Schema} root @param {Schema} schema */
export function beginning(root, schema) {
  const parts = expand(root, schema, () => ({}));
  if ('const' in schema) return JSON.stringify(schema.const);
  const types = parts.flatMap(({ type }) => type ?? []);
  const first = schema.type ?? types[0];
  if (schema.$member === 'value' && schema.$of === 'condition') return '#{}';
  if (first === 'string') return '"#{}"';
  if (first === 'object') return '{ #{} }';
  if (first === 'array') return parts.some(({ items }) => items && resolve(root, items).type === 'object') ? '[\n\t{ #{} }\n]' : '[#{}]';
  return '#{}';
}
