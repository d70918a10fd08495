/** The pane Evaluate. */
import { Editor } from '../editor.jsx';
import { ruleset } from '../state.js';

export function Pane() {
  return (
    <section class="card" style={{ height: '100%' }}>
      <div class="head"><h2>Ruleset</h2></div>
      <Editor label="Ruleset" text={ruleset.value} change={(text) => (ruleset.value = text)} />
    </section>
  );
}
