/** What a packed decision says, in OpenFeature's words. The bits are those of `src/decision.rs`. */

export const KINDS = ['boolean', 'string', 'number', 'object'];
export const REASONS = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR', 'OVERRIDE'];
export const DISABLED = REASONS.indexOf('DISABLED');
export const ERRORS = [
  '', 'FLAG_NOT_FOUND', 'PARSE_ERROR', 'TYPE_MISMATCH', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'PROVIDER_NOT_READY',
  'GENERAL',
];
/** Any kind will do. */
export const ANY = -1;
export const BROKEN = 4;
/** No variant, no rule, and this error code. @param {number} code */
const error = (code) => ((code << 28) | 0x05ffffff) >>> 0;
export const NOT_FOUND = error(1);
export const PARSE_ERROR = error(2);
export const TYPE_MISMATCH = error(3);
export const INVALID_CONTEXT = error(5);
export const GENERAL = error(7);

/** @param {import('./record.js').FlagRecord | undefined} record @param {number} bits @param {unknown} fallback */
export function details(record, bits, fallback) {
  const variant = bits & 0xfff;
  const rule = (bits >>> 12) & 0xfff;
  const code = bits >>> 28;
  const served = record !== undefined && variant !== 0xfff;
  /** @type {Record<string, unknown>} */
  const told = { value: served ? record.value(variant) : fallback, reason: REASONS[(bits >>> 24) & 0xf] };
  if (served) told.variant = record.variants[variant];
  if (rule === 0xffe) {
    told.rule = 'require';
  } else if (rule !== 0xfff) {
    const name = record?.rules[rule * 2];
    if (name !== undefined) told.rule = name;
    told.ruleIndex = rule;
  }
  if (code !== 0) told.errorCode = ERRORS[code];
  if (record?.metadata !== undefined) told.flagMetadata = record.metadata;
  return told;
}

/** Details where the module cannot be asked. @param {unknown} fallback */
export const failed = (fallback) => ({ value: fallback, reason: 'ERROR', errorCode: 'GENERAL' });
