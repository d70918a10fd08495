/** Places in bytes, which the module tells, as places in a text, which an editor takes. */

/**
 * @param {string} text @param {readonly number[]} offsets in its UTF-8, in any order
 * @returns {(offset: number) => number} the UTF-16 unit that begins there; for an offset that was not asked, and
 *   beyond the end, the end
 */
export function unitsOf(text, offsets) {
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  /** @type {Map<number, number>} */
  const units = new Map();
  let at = 0;
  let bytes = 0;
  for (const offset of sorted) {
    while (bytes < offset && at < text.length) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) bytes++;
      else if (unit < 0x800) bytes += 2;
      else if (unit >= 0xd800 && unit < 0xdc00 && text.charCodeAt(at + 1) >> 10 === 0x37) {
        bytes += 4;
        at++;
        // Half of a pair by itself is written as three bytes, as the encoder does.
      } else bytes += 3;
      at++;
    }
    units.set(offset, at);
  }
  return (offset) => units.get(offset) ?? text.length;
}
