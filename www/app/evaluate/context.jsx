/** The evaluation context and the instant: whom the flags are decided for, and when. */
import { examples } from '../begin.js';
import { Editor } from '../editor.jsx';
import { written } from '../layout.js';
import { context } from '../state.js';
import { attributes } from './attributes.js';
import { Instant } from './instant.jsx';
import { fault } from './looked.js';

export function ContextCard() {
  const at = examples.findIndex((example) => written(example.context) === context.value);
  return (
    <section class="card context" aria-labelledby="context-heading">
      <div class="head">
        <h2 id="context-heading">Context</h2>
        {examples.length > 0 && (
          <select aria-label="Example of a context" value={String(at)} onChange={(event) => (context.value = written(examples[Number(event.currentTarget.value)].context))}>
            <option value="-1" disabled>your own</option>
            {examples.map(({ name }, index) => <option key={name} value={String(index)}>{name}</option>)}
          </select>
        )}
      </div>
      <Editor label="Evaluation context, as JSON" text={context.value} change={(text) => (context.value = text)} extensions={attributes} />
      <p class={fault.value ? 'foot failed' : 'foot soft'} role="status">{fault.value ? `No evaluation: ${fault.value}` : 'Ctrl-Space offers what the rules look at.'}</p>
      <Instant />
    </section>
  );
}
