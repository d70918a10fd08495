/** The pane Change: two versions of a ruleset, and what the step from one to the other does to whom. */
import { batch } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { OpenFile, textOf } from '../file.jsx';
import { flag, from, proposed, ruleset, said } from '../state.js';
import { follow, layOut, remarks, trouble, written } from './asked.js';
import { CHANGES, changed } from './examples.js';
import { Impact } from './report.jsx';
import { Versions, rewrite } from './versions.jsx';

export function Pane() {
  useEffect(follow, []);
  return (
    <div class="sides">
      <section class="card versions" aria-label="Versions">
        <div class="head">
          <h2>Two versions</h2>
          <Examples />
        </div>
        <div class="head two">
          <h3>Present</h3>
          <OpenFile label="Open a file as the present version" open={(file) => textOf(file).then((text) => text !== undefined && rewrite(text))} />
          <button type="button" class="quiet" onClick={swap} title="The proposed version becomes the present one, and the other way round">⇄ Swap</button>
          <button type="button" class="quiet" onClick={() => void layOut()} title="Lays out both versions, one member a line; only white space changes">Format</button>
          <h3>Proposed</h3>
          <OpenFile label="Open a file as the proposed version" open={(file) => textOf(file).then((text) => text !== undefined && (proposed.value = text))} />
          <button type="button" class="quiet" disabled={written.value === ruleset.value} onClick={take} title="What is proposed becomes the present version, also in the other panes">✓ Take it</button>
          <button type="button" class="quiet" disabled={written.value === ruleset.value} onClick={() => (proposed.value = null)} title="The proposed version begins again as the present one">↺ Start over</button>
        </div>
        <Refused />
        <Versions />
      </section>
      <Impact />
    </div>
  );
}

function swap() {
  batch(() => {
    const old = ruleset.value;
    ruleset.value = written.value;
    proposed.value = old;
  });
}

function take() {
  batch(() => {
    ruleset.value = written.value;
    proposed.value = null;
    from.value = null;
    said.value = 'The proposed version is the present one now.';
  });
}

/** Changes of the example, each with one press. */
function Examples() {
  const offered = CHANGES.map((example) => ({ ...example, text: changed(ruleset.value, example) })).filter(({ text }) => text !== null);
  if (offered.length === 0) return null;
  const choose = (/** @type {string} */ name) => {
    const chosen = offered.find((example) => example.name === name);
    if (!chosen) return;
    batch(() => {
      proposed.value = chosen.text;
      flag.value = chosen.flag;
      said.value = `${chosen.name}. ${chosen.hint}.`;
    });
  };
  return (
    <div class="try" role="group" aria-label="Try a change of the example">
      <span class="soft">Try:</span>
      {offered.map(({ name, hint, text }) => (
        <button key={name} type="button" title={hint} aria-pressed={written.value === text} onClick={() => choose(name)}>{name}</button>
      ))}
    </div>
  );
}

/** Why a version is refused, beside the editors. */
function Refused() {
  if (trouble.value === '') return null;
  const sides = /** @type {const} */ ([['before', 'Present'], ['after', 'Proposed']]);
  const all = sides.flatMap(([side, name]) => remarks.value[side].filter(({ severity }) => severity !== 'warning').map((remark) => ({ name, remark })));
  return (
    <div class="refused" role="alert">
      {all.length === 0 && <p>{trouble}</p>}
      {all.slice(0, 4).map(({ name, remark: { line, column, message, help } }) => (
        <p key={name + line + column + message}><b>{name}, line {line}, column {column}:</b> {message}<span class="soft">; {help}</span></p>
      ))}
      {all.length > 4 && <p class="soft">and {all.length - 4} more</p>}
    </div>
  );
}
