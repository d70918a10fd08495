/** The prose of diagnostics, apart from the evaluator so that a page need not download it. */
import { CODES } from './wasm/codes.js';
import { EXPECTED, MESSAGES } from './wasm/messages.js';

/** @type {typeof import('./messages.js').describe} */
export function describe(diagnostic, document) {
  const number = CODES.indexOf(diagnostic.code);
  const expected = EXPECTED[diagnostic.expected] ?? '';
  const bytes = document === undefined ? undefined : typeof document === 'string' ? new TextEncoder().encode(document) : document;
  const text = bytes === undefined ? 'this' : new TextDecoder().decode(bytes.subarray(diagnostic.start, diagnostic.end));
  const [message, help] = (MESSAGES[number] ?? [diagnostic.code, '']).map((prose) =>
    prose.replace(/\{(text|expected)\}/g, (_, name) => (name === 'text' ? text : expected)),
  );
  return { message, help };
}
