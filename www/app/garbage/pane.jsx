/** Break it: whatever the visitor has, fed to the module, and what it answers. */
import { useState } from 'preact/hooks';
import { counts, deaths, endless, entries, failure, feed, flags, otherwise, run, running, stop, substituted } from './state.js';

/** @typedef {import('./state.js').Kind} Kind */

/** @type {[Kind, string, string][]} */
const BUTTONS = [
  ['random', 'Random garbage', 'Bytes, parts of rulesets in no order, damaged rulesets: from one byte to a mebibyte, for three seconds.'],
  ['killers', 'The file that kills others', '46 nested nots, a valid file of some 500 bytes, ended an evaluator made of Rust and WebAssembly for good. With other shapes that ended evaluators.'],
  ['nots', '10,000 nested nots', 'What overflows the stack of whoever reads it by recursion.'],
  ['truncated', 'Cut off at every byte', 'The ruleset of this page as a connection leaves it that breaks, at each of its bytes.'],
  ['contexts', 'Hostile contexts', 'Getters that throw, proxies, cycles, a list of four thousand million, asked for every flag of the ruleset of this page.'],
];

/** Longer texts are fed without being shown: a field of ten megabytes is what stops, not the module. */
const SHOWN = 100_000;

export function Pane() {
  const [over, setOver] = useState(false);
  /** @param {DragEvent} event */
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    const { files } = event.dataTransfer ?? {};
    if (files?.length) void feedFiles(files);
    else void feed('dropped text', event.dataTransfer?.getData('text') ?? '');
  };
  return (
    <div
      class={over ? 'breaking over' : 'breaking'} onDrop={drop}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
    >
      <Feeding />
      <Answers />
    </div>
  );
}

/** Where the answers stand below, they come into view. */
function show() {
  if (matchMedia('(max-width: 60rem)').matches) document.querySelector('.answers')?.scrollIntoView();
}

/** One after the other. @param {FileList} files */
async function feedFiles(files) {
  for (const file of files) await feed(file.name, file);
}

function Feeding() {
  const [text, setText] = useState('');
  const busy = running.value !== null;
  /** @param {ClipboardEvent} event */
  const paste = (event) => {
    const { files } = event.clipboardData ?? {};
    const pasted = event.clipboardData?.getData('text') ?? '';
    if (files?.length) {
      event.preventDefault();
      void feedFiles(files);
    } else if (pasted.length > SHOWN) {
      event.preventDefault();
      void feed('pasted text', pasted);
    }
  };
  return (
    <section class="card feeding" aria-labelledby="feeding">
      <div class="head"><h2 id="feeding">Try to break it</h2></div>
      <div class="body">
        <p class="soft">Everything goes to the module as it is published, in a worker of this page; nothing leaves your browser. After each, the ruleset of the page is asked again.</p>
        <ul class="attacks">
          {BUTTONS.map(([kind, name, about]) => (
            <li key={kind}>
              {running.value === kind
                ? <button type="button" class="main" onClick={stop}>Stop</button>
                : <button type="button" disabled={busy} aria-describedby={`about-${kind}`} onClick={() => { show(); void run(kind); }}>{name}</button>}
              <p id={`about-${kind}`} class="soft">{about}</p>
            </li>
          ))}
        </ul>
        <p>
          <label><input type="checkbox" checked={endless} onChange={({ currentTarget: { checked } }) => { endless.value = checked; if (checked) void run('random'); else stop(); }} /> Keep going with random garbage until I stop it</label>
        </p>
        <label class="own" for="own">Your own: type or paste anything</label>
        <textarea id="own" rows={5} spellcheck={false} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} onPaste={paste} />
        <div class="give">
          <button type="button" disabled={busy} onClick={() => { show(); void feed('your text', text); }}>Feed it</button>
          <label class="file">or a file, also dropped anywhere here: <input type="file" multiple disabled={busy} onChange={({ currentTarget }) => currentTarget.files && void feedFiles(currentTarget.files)} /></label>
        </div>
      </div>
    </section>
  );
}

const number = (/** @type {number} */ one) => one.toLocaleString('en');

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

const times = (/** @type {number} */ count) => (count === 1 ? 'once' : `${number(count)} times`);

const milliseconds = (/** @type {number} */ time) => `${time < 10 ? time.toFixed(1) : number(Math.round(time))} ms`;

function Answers() {
  const { documents, bytes, refused, loaded, contexts, asked, traps, slowest, slowestName } = counts.value;
  const asks = substituted.value ? 'The example (what this page has now is refused, or its context is no JSON)' : 'The ruleset of this page';
  const bad = traps > 0 || deaths.value > 0;
  return (
    <section class="card answers" aria-labelledby="answers">
      <div class="head">
        <h2 id="answers">What it answers</h2>
        {running.value !== null && running.value !== 'feed' && <button type="button" onClick={stop}>Stop</button>}
        <span role="status" class="soft">{running.value === null ? (documents + contexts > 0 ? 'Done.' : '') : 'Working…'}</span>
      </div>
      <div class="body">
        <dl class="counts">
          <div class={bad ? 'lose' : 'gain'}><dt>Traps</dt><dd data-count="traps">{number(traps)}</dd></div>
          <div><dt>Documents</dt><dd data-count="documents">{number(documents)}</dd></div>
          <div><dt>Bytes</dt><dd data-count="bytes">{size(bytes)}</dd></div>
          <div><dt>Refused</dt><dd data-count="refused">{number(refused)}</dd></div>
          <div><dt>Loaded</dt><dd data-count="loaded">{number(loaded)}</dd></div>
          <div><dt>Contexts</dt><dd data-count="contexts">{number(contexts)}</dd></div>
          <div><dt>Slowest</dt><dd data-count="slowest" title={slowestName}>{slowest === 0 ? '–' : milliseconds(slowest)}</dd></div>
        </dl>
        <p class="good" data-same={otherwise.value === 0}>
          {flags.value === null
            ? 'The ruleset of this page waits to be asked.'
            : otherwise.value === 0
              ? <><span class="gain">✓</span> {asks} was asked {times(asked)} for its {flags.value === 1 ? 'flag' : `${number(flags.value)} flags`} and gave the same answers.</>
              : <span class="lose">{asks} answered otherwise {times(otherwise.value)}.</span>}
          {deaths.value > 0 && <span class="lose"> The worker itself ended {times(deaths.value)}.</span>}
        </p>
        <p class="failed">{failure}</p>
        <table class="log">
          <caption class="hidden">The last answers, the newest first</caption>
          <thead><tr><th scope="col">What</th><th scope="col" class="number">Size</th><th scope="col">Answer</th><th scope="col" class="number">Took</th></tr></thead>
          <tbody>
            {entries.value.map((entry, at) => (
              <tr key={at} class={entry.trapped || !entry.same ? 'lose' : ''}>
                <td>{entry.name}</td>
                <td class="number">{entry.size === undefined ? '–' : size(entry.size)}</td>
                <td>{entry.trapped && 'trapped; '}{!entry.same && 'the good ruleset answers otherwise; '}{entry.outcome}</td>
                <td class="number">{milliseconds(entry.took)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="soft">A trap is a call into the module that throws, or an instance that cannot be made, counted where it happens: the package would go on with a new instance.</p>
      </div>
    </section>
  );
}
