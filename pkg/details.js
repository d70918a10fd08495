/** What a packed decision says, in OpenFeature's words. The bits are those of `src/decision.rs`. */

// The numbers first, so that bundlers put them where they are used.
/** Any kind will do. */
export const ANY = -1;
export const BROKEN = 4;
/** Of a reason: its place in REASONS. */
export const DISABLED = 4;
// No variant, no rule, the reason ERROR, and a place in ERRORS.
export const NOT_FOUND = 0x15ffffff;
export const PARSE_ERROR = 0x25ffffff;
export const TYPE_MISMATCH = 0x35ffffff;
export const INVALID_CONTEXT = 0x55ffffff;
export const GENERAL = 0x75ffffff;

export const KINDS = ['boolean', 'string', 'number', 'object'];
export const REASONS = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR', 'OVERRIDE'];
export const ERRORS = [
  '', 'FLAG_NOT_FOUND', 'PARSE_ERROR', 'TYPE_MISMATCH', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'PROVIDER_NOT_READY',
  'GENERAL',
];

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
