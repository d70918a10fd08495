/**
 * Makes something once and keeps it; what failed is made again the next time it is asked for.
 * @template T @param {() => Promise<T>} make @returns {() => Promise<T>}
 */
export function keep(make) {
  /** @type {Promise<T> | undefined} */
  let kept;
  return () =>
    (kept ??= make().catch((error) => {
      kept = undefined;
      throw error;
    }));
}
