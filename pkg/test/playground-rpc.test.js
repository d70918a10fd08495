/** The playground's questions to its workers: their order, what is overtaken, what takes too long, what comes too late. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Line, Overtaken } from '../../www/app/rpc.js';
import { telling } from '../../www/app/told.js';

/** Workers that were started, with what each was asked. @type {Worker[]} */
let workers = [];

class Worker {
  /** @type {{ id: number, name: string, args: any }[]} */
  asked = [];
  ended = false;
  /** @type {(event: { data: unknown }) => void} */
  onmessage = () => {};
  /** @type {(event: any) => void} */
  onerror = () => {};
  constructor() {
    workers.push(this);
  }
  /** @param {{ id: number, name: string, args: any }} question */
  postMessage(question) {
    this.asked.push(question);
  }
  terminate() {
    this.ended = true;
  }
  /** Answers the question that it has. @param {unknown} result */
  answer(result) {
    this.onmessage({ data: { id: this.asked.at(-1)?.id, result } });
  }
}

const real = globalThis.Worker;
beforeEach(() => {
  workers = [];
  globalThis.Worker = /** @type {any} */ (Worker);
});
afterEach(() => {
  globalThis.Worker = real;
});

const line = () => new Line(new URL('http://host/worker.js'));
const names = () => workers.map(({ asked }) => asked.map(({ name }) => name));

test('one question at a time, of each topic the newest', async () => {
  const one = line();
  const answers = [one.ask('a', 1, { topic: 't' }), one.ask('b', 2, { topic: 't' }), one.ask('c', 3), one.ask('d', 4, { topic: 't' })];
  await assert.rejects(answers[1], Overtaken);
  assert.deepEqual(names(), [['a']]);
  for (const result of ['first', 'second', 'third']) workers[0].answer(result);
  assert.deepEqual(await Promise.all([answers[0], answers[2], answers[3]]), ['first', 'second', 'third']);
  assert.deepEqual(names(), [['a', 'c', 'd']]);
});

test('a question that takes too long is ended, and the next is put to another worker', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const one = line();
  const slow = one.ask('slow', undefined, { patience: 2000 });
  const next = one.ask('next', undefined, { patience: 2000 });
  t.mock.timers.tick(1999);
  assert.equal(workers[0].ended, false);
  t.mock.timers.tick(1);
  await assert.rejects(slow, /It took longer than 2 seconds, and was ended\./);
  assert.deepEqual(names(), [['slow'], ['next']]);
  assert.deepEqual(workers.map(({ ended }) => ended), [true, false]);
  // Its own time begins when it is put, and ends with its answer.
  t.mock.timers.tick(1500);
  workers[1].answer('well');
  assert.equal(await next, 'well');
  t.mock.timers.tick(10_000);
  assert.equal(workers[1].ended, false);
});

test('a worker that dies fails what was asked, and the next question has another', async () => {
  const one = line();
  const [asked, waiting] = [one.ask('a'), one.ask('b')];
  workers[0].onerror({ preventDefault() {}, message: 'out of memory' });
  await assert.rejects(asked, /out of memory/);
  await assert.rejects(waiting, /out of memory/);
  assert.equal(one.deaths, 1);
  const again = one.ask('c');
  workers[1].answer(7);
  assert.equal(await again, 7);
});

test('an answer to an older question is not shown, though its question comes back', async () => {
  /** @type {Record<string, (answer: string) => void>} */
  const open = {};
  const asked = /** @type {unknown[]} */ ([]);
  const { told, ask } = telling((args) => new Promise((done) => {
    asked.push(args);
    open[String(args)] = done;
  }));
  const first = ask('a');
  open.a('of a');
  await first;
  assert.deepEqual(told.value, { answer: 'of a' });
  // Another is asked, and before it is answered the first again: it is known.
  const second = ask('b');
  await ask('a');
  open.b('of b');
  await second;
  assert.deepEqual(told.value, { answer: 'of a' });
  assert.deepEqual(asked, ['a', 'b']);
});

test('what fails is said, and asked again', async () => {
  let well = false;
  const { told, ask } = telling(async () => {
    if (!well) throw new Error('no');
    return 1;
  });
  await ask('a');
  assert.deepEqual(told.value, { failed: 'no' });
  well = true;
  await ask('a');
  assert.deepEqual(told.value, { answer: 1 });
});
