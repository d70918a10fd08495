/**
 * A client's life as OpenFeature tells it: initialized, ready, stale, in error, closed and perhaps initialized
 * again. What the web and the server provider have in common where a client answers.
 */
import { createClient } from 'serin';
import { checkOptions } from '../client/options.js';
import { isFinal } from '../client/supply.js';
import { viewOf } from '../client/view.js';
import { answers } from './resolution.js';

/** @typedef {import('../index.js').Client} Client */
/** @typedef {import('../index.js').ClientError} ClientError */
/** @typedef {import('../client/view.js').View} View */
/** @typedef {import('../client/view.js').Watch} Watch */
/** @typedef {import('./web.js').SerinWebOptions} Options */
/** What both SDKs export. @typedef {Pick<typeof import('@openfeature/web-sdk'), 'ParseError' | 'ProviderFatalError' | 'ProviderNotReadyError'>} Errors */
/** @typedef {{ context: unknown, settle: (error?: Error, next?: Promise<void>) => void }} Waiter */

/**
 * @param {Client | Options} given a client, which stays the caller's, or what one is made from
 * @param {Errors} errors
 * @param {(event: 'PROVIDER_READY' | 'PROVIDER_STALE' | 'PROVIDER_CONFIGURATION_CHANGED', details?: object) => void} emit
 * @param {(view: View, changed: (keys: string[] | undefined) => void) => { seen(context: unknown): void, watch: Watch }} follow
 */
export function supplied(given, errors, emit, follow) {
  const mine = viewOf(given) === undefined;
  if (mine) {
    checkOptions(given);
    if ('context' in given) throw new TypeError("a provider takes no `context`: give it to OpenFeature's setProvider() or setContext()");
  }
  const patience = (mine ? /** @type {Options} */ (given).readyTimeout : undefined) ?? 2000;
  /** @type {Client | undefined} */
  let client;
  /** What answers; after the end too. */
  let view = viewOf(given);
  /** @type {ReturnType<typeof follow> | undefined} */
  let followed;
  /** @type {Promise<void> | undefined} */
  let initializing;
  /** @type {Set<Waiter>} */
  const waiting = new Set();
  /** @type {(() => void)[]} */
  let ends = [];
  /** What OpenFeature was told last; undefined: it waits for `initialize`. @type {'ready' | 'stale' | 'error' | undefined} */
  let status;

  /** WebAssembly will never run here. */
  const fatal = () => view?.failure?.code === 'module' && isFinal(view.failure.cause);
  /** Says something when all that is under way has been told, the SDK's own events too. @param {() => void} say */
  const later = (say) => {
    const speaker = client;
    setTimeout(() => {
      if (client === speaker) say();
    });
  };
  const ready = () => {
    status = 'ready';
    emit('PROVIDER_READY');
  };
  const stale = () => {
    if (status !== 'ready' || !view?.doubted) return;
    status = 'stale';
    emit('PROVIDER_STALE', { message: 'the host does not confirm what answers' });
  };
  /** The SDK takes it for ready, whatever its host does. @param {unknown} context that is answered now */
  const settled = (context) => {
    followed?.seen(context);
    status = 'ready';
    later(stale);
  };

  function open() {
    client = mine ? createClient(/** @type {Options} */ (given)) : /** @type {Client} */ (given);
    view = /** @type {View} */ (viewOf(client));
    followed = follow(view, (keys) => later(() => emit('PROVIDER_CONFIGURATION_CHANGED', keys && { flagsChanged: keys })));
    const { watch } = followed;
    ends = [
      view.watch((replaces) => {
        const told = watch(replaces);
        return () => {
          told();
          arrive();
        };
      }),
      client.on('error', () => {
        if (fatal()) for (const { settle } of waiting) settle(reason());
      }),
      client.on('stale', stale),
      client.on('fresh', () => {
        if (status === 'stale') ready();
      }),
    ];
    const { onError } = /** @type {Options} */ (given);
    if (mine && onError !== undefined) ends.push(client.on('error', onError));
    return client;
  }

  /** Something answers that did not. */
  function arrive() {
    for (const { context, settle } of waiting) if (answers(view, context)) settle();
    if (status !== 'error' || view?.ruleset === undefined) return;
    status = undefined;
    later(() => {
      ready();
      stale();
    });
  }

  /** Waits until something answers for a context. @param {unknown} context @param {Client} asked @returns {Promise<void>} */
  function arrival(context, asked) {
    if (answers(view, context)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      /** @type {any} */
      let timer;
      /** @type {Waiter} */
      const waiter = {
        context,
        settle(error, next) {
          clearTimeout(timer);
          waiting.delete(waiter);
          if (error === undefined) return resolve(next);
          status = 'error';
          reject(error);
        },
      };
      waiting.add(waiter);
      if (fatal()) return waiter.settle(reason());
      asked.ready.then(({ source }) => {
        if (!waiting.has(waiter)) return;
        if (source === 'none') waiter.settle(reason());
        // A snapshot that was made for another context: a ruleset may follow.
        else if (patience < 2 ** 31) timer = setTimeout(() => waiter.settle(reason()), patience);
      });
    });
  }

  /** Why nothing answers, and what mends it. */
  function reason() {
    const failure = view?.failure;
    const why = failure ? `: ${failure.message}` : '';
    const Kind = fatal() ? errors.ProviderFatalError : failure?.code === 'refused' ? errors.ParseError : errors.ProviderNotReadyError;
    return new Kind(
      `there is no ruleset${why}. ` +
        (fatal()
          ? 'Only a `snapshot` from the server answers without it'
          : 'Flags answer when one comes, and PROVIDER_READY says so. To start without a host give a `snapshot`, a `ruleset` or a `store`'),
      { cause: failure },
    );
  }

  return {
    get view() {
      return view;
    },
    /** @param {unknown} context */
    seen: (context) => followed?.seen(context),
    /** Whether nobody has to wait for this context. @param {unknown} context */
    answers: (context) => answers(view, context),
    /** Says once more that it is ready, if it still is and nobody waits for another context. */
    repeat: () => later(() => status === 'ready' && waiting.size === 0 && ready()),
    /** @param {unknown} context @returns {Promise<void>} */
    initialize(context) {
      const start = async () => {
        const asked = client ?? open();
        try {
          await arrival(context, asked);
        } catch (error) {
          if (client === asked) initializing = undefined;
          throw error;
        }
        if (client === asked) settled(context);
      };
      return (initializing ??= start());
    },
    /** @param {unknown} before @param {unknown} context @returns {Promise<void> | undefined} nothing, if it answers for that context */
    change(before, context) {
      const asked = client;
      // Before it is initialized, that is what decides.
      if (asked === undefined) return undefined;
      const overtaken = [...waiting].filter((waiter) => waiter.context === before);
      const coming = answers(view, context) ? undefined : arrival(context, asked);
      // Nobody asks for that context any more, and a failure to answer it would be told of this one.
      for (const { settle } of overtaken) settle(undefined, coming);
      if (coming !== undefined) return coming.then(() => void (client === asked && settled(context)));
      settled(context);
      return undefined;
    },
    close() {
      const closing = client;
      client = undefined;
      initializing = undefined;
      status = undefined;
      followed = undefined;
      for (const end of ends) end();
      ends = [];
      if (mine) closing?.close();
      // Who waited finds out from the answers; the SDK would take an error for the one of its successor.
      for (const { settle } of waiting) settle();
    },
  };
}
