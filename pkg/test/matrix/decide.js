/**
 * Decides the conformance files in whatever runs this: plain JavaScript that imports nothing and gives
 * plain data, for another process to compare.
 */

export const FALLBACKS = { boolean: false, string: '', number: 0, object: {} };

/** A case's instant, in milliseconds. @param {number | string | undefined} now */
export const settle = (now) => (typeof now === 'number' ? now : Date.parse(now ?? '2026-12-01T00:00:00Z'));

/**
 * What each file's ruleset answers to each of its cases, and what it remarks.
 * @param {(source: any) => Promise<any>} load @param {{ name: string, text: string }[]} files
 */
export async function decide(load, files) {
  const decided = [];
  for (const { name, text } of files) {
    const file = JSON.parse(text);
    const ruleset = await load(JSON.stringify(file.ruleset));
    const diagnostics = [...ruleset.diagnostics].sort((a, b) => a.start - b.start).map(({ code, flag, segment }) => ({ code, flag, segment }));
    const cases = file.cases.map((/** @type {any} */ one) => {
      ruleset.kill(one.killed ?? []);
      const context = revive(one.context ?? {});
      const fallback = one.type === undefined ? null : FALLBACKS[/** @type {keyof typeof FALLBACKS} */ (one.type)];
      const bound = ruleset.context(context, { now: settle(one.now) });
      const { value, variant, reason, rule, ruleIndex, errorCode } = ruleset.details(one.flag, bound, fallback);
      // The other way through the boundary, which must not throw: a context that was not bound before.
      ruleset.details(one.flag, context, fallback);
      const all = ruleset.all(bound);
      return { ...(variant === undefined ? {} : { value }), variant, reason, rule, ruleIndex, errorCode, all: JSON.stringify(all) };
    });
    decided.push({ name, diagnostics, cases });
  }
  return decided;
}

/** A case's context, with its markers made real. @param {any} value @returns {any} */
export function revive(value) {
  if (Array.isArray(value)) {
    const list = value.map((element) => (element?.$ === 'unreadable' ? null : revive(element)));
    value.forEach((element, at) => {
      if (element?.$ === 'unreadable') Object.defineProperty(list, at, { get: fail, enumerable: true });
    });
    return list;
  }
  if (typeof value !== 'object' || value === null) return value;
  switch (value.$) {
    case 'other':
      return () => {};
    case 'unreadable': {
      // Only a whole context comes here: one that cannot be read at all.
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }
    case 'date':
      return new Date(value.millis ?? NaN);
    case 'undefined':
      return undefined;
  }
  const object = {};
  for (const [name, member] of Object.entries(value)) {
    const accessor = /** @type {any} */ (member)?.$ === 'unreadable';
    Object.defineProperty(object, name, accessor ? { get: fail, enumerable: true } : { value: revive(member), enumerable: true });
  }
  return object;
}

function fail() {
  throw new Error('this attribute cannot be read');
}
