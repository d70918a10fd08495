/** The harness itself: a loop, the next visitor, an object of eight attributes. Nothing is evaluated. */

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'floor', kind: 'JavaScript', api: '',
  write: (flags) => JSON.stringify(flags.length),
  load: async () => ({ context: undefined }),
  // Stored, or an engine would see that nobody needs the object and not make it.
  context: (engine, { id, email, country, plan, age, version, device, logins }) => (engine.context = { id, email, country, plan, age, version, device, logins }),
  nested: (engine, { id, company }) => (engine.context = { id, company }),
  boolean: () => true,
  string: () => true,
  all: () => true,
  pick: (all) => all,
};
