/** How serin's cost is asked to grow: one axis at a time. */

/**
 * `says`: what the design promises. `slope`: the most that the logarithm of the cost may grow with that of the
 * size; 0 does not grow, 1 grows in step.
 * @typedef {{ name: string, unit: 'ns' | 'ms', sizes: number[], slope: number, says: string }} Axis
 */

/** @type {Record<string, Axis>} */
export const AXES = {
  load: { name: 'flags, text to ready', unit: 'ms', sizes: [10, 100, 1000, 10_000, 100_000], slope: 1, says: 'in step with the text' },
  flags: { name: 'flags, one is asked', unit: 'ns', sizes: [10, 100, 1000, 10_000, 100_000], slope: 0, says: 'not at all' },
  rules: { name: 'rules, the last matches', unit: 'ns', sizes: [1, 10, 100, 1000], slope: 1, says: 'in step with the rules' },
  list: { name: 'elements of a list', unit: 'ns', sizes: [1, 10, 100, 1000, 10_000, 100_000], slope: 0, says: 'with the logarithm' },
  named: { name: 'attributes that rules name', unit: 'ns', sizes: [1, 10, 100, 1000], slope: 1, says: 'in step with them' },
  others: { name: 'attributes that no rule names', unit: 'ns', sizes: [1, 10, 100, 1000], slope: 0, says: 'not at all' },
  prerequisites: { name: 'prerequisites in a chain', unit: 'ns', sizes: [1, 10, 50, 100, 200], slope: 1, says: 'in step with them' },
};
