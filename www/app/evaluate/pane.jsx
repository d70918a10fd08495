/** The pane Evaluate: a ruleset, a context, what is decided, and why. */
import { useEffect } from 'preact/hooks';
import { ContextCard } from './context.jsx';
import { Decisions } from './decisions.jsx';
import { Explanation } from './explanation.jsx';
import { follow } from './looked.js';
import { RulesetCard } from './ruleset.jsx';

export function Pane() {
  useEffect(follow, []);
  return (
    <div class="evaluation">
      <div class="written">
        <RulesetCard />
        <ContextCard />
      </div>
      <Decisions />
      <Explanation />
    </div>
  );
}
