/** What went wrong, for people and for code. */
import { RulesetError } from '../diagnose.js';

/** @typedef {import('../client.js').ClientError} ClientError */

/**
 * @param {ClientError['code']} code @param {any} cause what was thrown, which may be anything
 * @param {string} [said] @param {ClientError['diagnostics']} [diagnostics]
 * @returns {ClientError}
 */
export function problem(code, cause, said, diagnostics) {
  try {
    said ??= String(cause?.message ?? cause);
    if (cause instanceof RulesetError) ({ diagnostics } = cause);
  } catch {
    said = 'what was thrown cannot be read';
  }
  return Object.assign(new Error(said), { name: 'ClientError', code, cause, ...(diagnostics ? { diagnostics } : {}) });
}
