import type { EvaluationContext, JsonValue, OpenFeatureEventEmitter, Provider, ResolutionDetails } from '@openfeature/web-sdk';
import type { Client, ClientError, ClientOptions } from '../index.js';

/**
 * What the provider makes its client from: the options of `createClient` but the context, which is OpenFeature's.
 * A `snapshot` answers for the context that it was made for, and for no other.
 */
export interface SerinWebOptions extends Omit<ClientOptions, 'context'> {
  /** Told what went wrong while answers went on: see {@link ClientError}. What it throws is lost. */
  readonly onError?: (error: ClientError) => void;
}

/**
 * OpenFeature's provider for pages, for `@openfeature/web-sdk`.
 *
 * Each evaluation is answered for the context that the SDK gives it, so that domains with contexts of their own
 * share one provider, one ruleset and one request to the host. There is no `track`: serin collects nothing.
 */
export class SerinWebProvider implements Provider {
  /**
   * @param options makes a client at `initialize` and closes it at `onClose`, after which it may be initialized again
   * @throws {TypeError} an option is not of its type, or a `context`, which is OpenFeature's
   */
  constructor(options: SerinWebOptions);
  /**
   * @param client what answers. It stays yours: `onClose` does not close it, its own context is neither used
   *   nor changed, and `kill`, `override` and `adopt` act on the provider's answers too. A snapshot that it drops, because
   *   its own context is another one, answers for the provider no more. One of `serin/testing` will do.
   */
  constructor(client: Client);

  readonly metadata: { readonly name: 'serin' };
  readonly runsOn: 'client';
  /**
   * `PROVIDER_CONFIGURATION_CHANGED` when flags are decided otherwise for a context that was asked for: by a new ruleset, the
   * hour of a ramp, a kill or an override. `flagsChanged` names them all; it is absent where there were
   * more than eight different contexts. `PROVIDER_STALE` when the host no longer confirms what answers, `PROVIDER_READY` when it
   * does again, or when something answers after `initialize` had rejected.
   */
  readonly events: OpenFeatureEventEmitter;

  /**
   * Waits until something answers for this context: the snapshot, the store, the ruleset of the options or the host.
   * Where that is so already, such as with a snapshot, the SDK takes the provider for ready in the same turn, and what is
   * rendered next has its flags.
   * @throws {ProviderNotReadyError} nothing has come within `readyTimeout`, by default two seconds; it may still come
   * @throws {ParseError} what came was refused
   * @throws {ProviderFatalError} WebAssembly does not run here, and there is no snapshot for this context
   */
  initialize(context?: EvaluationContext): Promise<void>;
  /**
   * Returns nothing where something answers for the new context, which is always so once there is a ruleset. Else it waits
   * and rejects as `initialize` does.
   */
  onContextChange(before: EvaluationContext, context: EvaluationContext): Promise<void> | void;
  /** Ends what it has begun; to be called any number of times. What it answered last it goes on answering. */
  onClose(): Promise<void>;

  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext): ResolutionDetails<boolean>;
  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): ResolutionDetails<string>;
  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): ResolutionDetails<number>;
  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext): ResolutionDetails<T>;
}
