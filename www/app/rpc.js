/**
 * Questions to a worker, and its answers.
 *
 * A worker answers one question at a time, in their order. Of questions with the same topic only the newest
 * waits: who types asks often, and older questions are of no use to anybody.
 */

/** @typedef {{ id: number, name: string, args: unknown }} Question */
/** @typedef {{ id: number, result?: unknown, failed?: string }} Answer */

/** A newer question of the same topic came before this one was put. */
export class Overtaken extends Error {
  name = 'Overtaken';
}

/** The page's end of a worker, which is started by the first question and anew if it dies. */
export class Line {
  #url;
  /** @type {Worker | undefined} */
  #worker;
  #count = 0;
  /** @type {{ question: Question, topic: string | undefined, patience: number | undefined, done: (result: any) => void, fail: (error: Error) => void }[]} */
  #waiting = [];
  /** Ends the question that the worker has. @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;

  /** @param {URL} url */
  constructor(url) {
    this.#url = url;
  }

  /** How often the worker died of something. */
  deaths = 0;

  /**
   * Asks, and resolves to what the worker answers. Rejects with what it failed with, with {@link Overtaken}, or
   * if it died.
   * @param {string} name of what is asked @param {unknown} [args] that can be cloned
   * @param {{ topic?: string, patience?: number }} [options] patience: milliseconds that the worker may take for it,
   *   or it is ended; others that wait are put to a new one
   * @returns {Promise<any>}
   */
  ask(name, args, { topic, patience } = {}) {
    // The first one is with the worker already.
    const older = topic === undefined ? -1 : this.#waiting.findIndex((asked, at) => at > 0 && asked.topic === topic);
    if (older > 0) this.#waiting.splice(older, 1)[0].fail(new Overtaken());
    return new Promise((done, fail) => {
      this.#waiting.push({ question: { id: ++this.#count, name, args }, topic, patience, done, fail });
      if (this.#waiting.length === 1) this.#put();
    });
  }

  /** Ends the worker in the middle of whatever it does; what was asked fails. @param {string} why */
  restart(why) {
    this.#end();
    for (const { fail } of this.#waiting.splice(0)) fail(new Error(why));
  }

  #end() {
    clearTimeout(this.#watch);
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #put() {
    if (this.#waiting.length === 0) return;
    const worker = (this.#worker ??= this.#start());
    const [{ question, patience, fail }] = this.#waiting;
    worker.postMessage(question);
    if (patience === undefined) return;
    this.#watch = setTimeout(() => {
      this.#end();
      this.#waiting.shift();
      fail(new Error(`It took longer than ${patience / 1000} seconds, and was ended.`));
      this.#put();
    }, patience);
  }

  #start() {
    const worker = new Worker(this.#url, { type: 'module' });
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.deaths++;
      this.restart(event.message || `${this.#url} cannot be loaded`);
    };
    return worker;
  }

  /** @param {Answer} answer */
  #hear(answer) {
    const [asked] = this.#waiting;
    if (asked?.question.id !== answer.id) return;
    clearTimeout(this.#watch);
    this.#waiting.shift();
    if (answer.failed === undefined) asked.done(answer.result);
    else asked.fail(new Error(answer.failed));
    this.#put();
  }
}

/**
 * A worker's end: answers what is named like one of these functions.
 * @param {Record<string, (args: any) => unknown>} answers
 */
export function answer(answers) {
  const self = /** @type {any} */ (globalThis);
  // One after the other, also where answers are awaited.
  let last = Promise.resolve();
  self.onmessage = (/** @type {MessageEvent<Question>} */ { data: { id, name, args } }) => {
    last = last.then(async () => {
      try {
        if (!Object.hasOwn(answers, name)) throw new Error(`this worker does not know '${name}'`);
        const result = await answers[name](args);
        self.postMessage({ id, result });
      } catch (error) {
        self.postMessage({ id, failed: error instanceof Error ? error.message : String(error) });
      }
    });
  };
}
