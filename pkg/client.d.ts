/** Why no ruleset came from a host. */
export type FetchCode =
  /** It took longer than `timeout`. */
  | 'timeout'
  /** No connection, a broken one, a redirect without end, or an answer that the page may not read. */
  | 'network'
  /** The host answered, but not with a document. */
  | 'status'
  /** More bytes than a ruleset may have. */
  | 'too-large'
  /** The caller gave it up. */
  | 'aborted';

/** How a host is asked. */
export interface RequestOptions {
  /** Used in place of the global `fetch`; called with the address and a `RequestInit`. */
  readonly fetch?: (url: string | URL, init: RequestInit) => Promise<Response>;
  /**
   * Headers of the request. In a page, every header that is not safelisted costs a preflight, which
   * most static hosts refuse.
   */
  readonly headers?: HeadersInit;
  /** Milliseconds until a request, its body included, is given up; default 30,000. */
  readonly timeout?: number;
}
