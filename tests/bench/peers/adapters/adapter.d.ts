/** One product, used as its documents say, with everything that is not evaluation (events, metrics, polling) off. */
import type { Flag, Visitor } from '../workload.js';

/** How a context is made and flags are asked. All but `context` and `pick` may give promises if the adapter says `later`. */
export interface Way {
  context(engine: any, visitor: Visitor): any;
  boolean(engine: any, context: any, key: string): any;
  string(engine: any, context: any, key: string): any;
  /** All flags, in whatever the product gives. */
  all(engine: any, context: any, keys: string[]): any;
  /** A flag's value out of that. */
  pick(all: any, key: string): any;
}

export interface Adapter extends Way {
  name: string;
  /** npm's name; absent: no product. */
  package?: string;
  kind: 'JavaScript' | 'WebAssembly';
  /** What is called, as Markdown. */
  api: string;
  /** What a reader must know of how it is used. */
  note?: string;
  /** Versions are compared as numbers, because the product has no operator for them. */
  numbers?: boolean;
  /** It answers with promises. */
  later?: boolean;
  /** It is made for servers alone. */
  platform?: 'node';
  /** The flags in its own format; throws `Cannot` for what that cannot say. */
  write(flags: Flag[]): string;
  load(text: string): Promise<any>;
  /** A context with the nested attribute; absent: its attributes are flat. */
  nested?(engine: any, visitor: Visitor): any;
  /** What is otherwise when one context is kept. */
  kept?: Partial<Way>;
  close?(engine: any): unknown;
  /** The source of the smallest app that loads a text and asks one flag, for its bytes. */
  app?: string;
  /** Files that such an app needs beside its script, as paths below `node_modules`. */
  wasm?: string[];
}
