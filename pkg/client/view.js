/**
 * What a client answers from, for providers that ask for contexts besides the client's own. A client carries
 * it under a symbol that every copy of the package knows, and keeps it through `{ ...client }`.
 */

export const VIEW = Symbol.for('serin.view');

/**
 * Called before what is answered changes, and what it returns when it has.
 * @typedef {(replaces: boolean) => () => void} Watch
 * replaces: the ruleset itself changes
 */

/**
 * @typedef {object} View
 * @property {import('../ruleset.js').Ruleset | undefined} ruleset
 * @property {import('../types.js').Snapshot | undefined} snapshot
 * @property {number | undefined} now the instant at which the client decided last
 * @property {(key: string) => import('../types.js').SnapshotFlag | undefined} held what the snapshot answers, unless the ruleset does
 * @property {(key: string) => boolean} killed
 * @property {import('../client.js').ClientError | undefined} failure why there may be no ruleset: what went wrong last with the host, the document or the module
 * @property {boolean} doubted the host does not confirm what answers: `stale` was the last that was said of it
 * @property {((exposure: import('../client.js').Exposure) => void) | undefined} expose
 * @property {(watch: Watch) => () => void} watch returns what ends it
 */

/** The view of a client; undefined: it is none. @param {any} client @returns {View | undefined} */
export const viewOf = (client) => client?.[VIEW];
