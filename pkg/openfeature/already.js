/**
 * A promise of what is so already: `then` calls back at once, and not a turn later. `await` sees no difference.
 * @param {Promise<void>} promise that nothing waits for and that does not reject
 */
export function already(promise) {
  return Object.defineProperty(promise, 'then', {
    // It may be said twice of one.
    configurable: true,
    /** @param {(() => unknown) | undefined} fulfilled */
    value: async (fulfilled) => fulfilled?.(),
  });
}
