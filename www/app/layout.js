/** JSON as the page writes it. */

/** Characters of a line. */
const WIDTH = 56;

/** What fits is on one line. @param {unknown} value @param {string} [indent] @returns {string} */
export function laidOut(value, indent = '') {
  const whole = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, ' ').replace(/^\[ | \]$/g, (end) => end.trim()) ?? 'null';
  if (typeof value !== 'object' || value === null || (indent !== '' && indent.length + whole.length <= WIDTH)) return whole;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((element) => `${inner}${laidOut(element, inner)}`)
    : Object.entries(value).map(([name, member]) => `${inner}${JSON.stringify(name)}: ${laidOut(member, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return parts.length === 0 ? open + close : `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}
