import type { Diagnostic } from './index.js';

/**
 * What a diagnostic says, and how to mend it.
 * @param diagnostic one of `ruleset.diagnostics` or of a `RulesetError`
 * @param document the document it is about, so that the message can quote it
 */
export function describe(diagnostic: Diagnostic, document?: string | Uint8Array): { message: string; help: string };
