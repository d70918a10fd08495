/** The way that an evaluation takes through a flag: switch, require, rules in order, and what is served otherwise. */
import { kind, place } from '../shares.js';
import { Hash } from './hash.jsx';
import { Tree, showFlagsWith } from './tree.jsx';
import { percent, time } from './words.js';

/** @typedef {import('./why.js').FlagWhy} FlagWhy */
/** @typedef {import('./why.js').Serve} Serve */

/** @param {{ flag: FlagWhy, depth?: number }} properties */
export function FlagPath({ flag, depth = 0 }) {
  const { require, rules, otherwise, off, decision } = flag;
  const closed = flag.killed || !flag.enabled;
  if (flag.broken) return <p class="failed">This flag is broken: the remarks under the ruleset say where.</p>;
  return (
    <ol class="path">
      {closed && (
        <Step status="served" title={flag.killed ? 'Killed' : 'Not enabled'} said="decides: rules are not tried">
          <Serves serve={off} flag={flag} decides />
        </Step>
      )}
      {require && (
        <Step
          status={!require.reached ? 'unreached' : decision.rule === 'require' && decision.ruleIndex === undefined ? 'served' : 'passed'} title="Require"
          said={!require.reached ? 'not reached' : require.condition.truth === 'true' ? 'is met: on to the rules' : `is ${require.condition.truth}, so it takes away`}
        >
          <Tree node={require.condition} depth={depth} />
          {require.reached && require.condition.truth !== 'true' && <Serves serve={off} flag={flag} decides />}
        </Step>
      )}
      {rules.slice(0, RULES).map((rule) => (
        <Step
          key={rule.index} status={rule.matched ? 'served' : rule.reached ? 'passed' : 'unreached'}
          title={<>Rule {rule.index + 1}{rule.name && <> “{rule.name}”</>}</>} said={rule.matched ? 'matches' : rule.reached ? 'does not match' : 'not reached'}
        >
          {rule.condition ? <Tree node={rule.condition} depth={depth} /> : <p class="soft">has no condition: it matches every context</p>}
          <Serves serve={rule.serve} flag={flag} decides={rule.matched} />
        </Step>
      ))}
      {rules.length > RULES && <li class="soft">and {(rules.length - RULES).toLocaleString('en')} more rules, which are not shown</li>}
      <Step
        status={otherwise.reached ? 'served' : 'unreached'} title={rules.length > 0 || require ? 'Otherwise' : 'Always'}
        said={otherwise.reached ? (rules.length > 0 ? 'no rule matched' : 'decides') : 'not reached'}
      >
        <Serves serve={otherwise.serve} flag={flag} decides={otherwise.reached} />
      </Step>
    </ol>
  );
}

/** Rules that are shown: more are no help to anybody. */
const RULES = 200;

showFlagsWith(FlagPath);

const SIGNS = { served: '●', passed: '○', unreached: '·' };

/** @param {{ status: 'served' | 'passed' | 'unreached', title: any, said: string, children: any }} properties */
function Step({ status, title, said, children }) {
  return (
    <li class="step" data-status={status}>
      <p class="title"><span class="dot" aria-hidden="true">{SIGNS[status]}</span><strong>{title}</strong> <span class="said">{said}</span></p>
      {children}
    </li>
  );
}

/** @param {{ serve: Serve | undefined, flag: FlagWhy, decides: boolean }} properties */
function Serves({ serve, flag: { variants, off }, decides }) {
  if (!serve) return <p class="serves">{decides ? 'serves nothing of its own: the caller’s default is used' : 'would leave it to the caller’s default'}</p>;
  const { variant, value, split } = serve;
  const flag = { variants, off: off?.variant };
  const verb = decides ? 'serves' : 'would serve';
  if (!split) return <p class="serves">{verb} <code>{variant}</code>{value && value.text !== JSON.stringify(variant) && <> = <code>{value.text}</code></>}</p>;
  return (
    <div class="serves">
      <p>{split.kind === 'ramp' ? <Ramp split={split} /> : <>{decides ? 'divides' : 'would divide'} by <code>{split.by}</code> on the line <code>{split.salt}</code></>}</p>
      <Hash slices={split.slices.map(({ variant, from, to }) => ({ label: variant, from, to, kind: kind(flag, { variant }) }))} point={split.point} label={`the line ${split.salt}`} />
      <p class="found">
        {split.point === undefined
          ? split.key ? <><code>{split.key.text}</code> at <code>{split.by}</code> is no key, so it {verb} {outcome(split)}</> : <>the context has no <code>{split.by}</code>, so it {verb} {outcome(split)}</>
          : <>key <code>{split.key?.text}</code> is at {place(split.point)}: {verb} <code>{split.chosen}</code></>}
      </p>
    </div>
  );
}

/** @param {NonNullable<Serve['split']>} split */
const outcome = ({ chosen }) => (chosen === undefined ? 'nothing: an error, and the caller’s default' : <code>{chosen}</code>);

/** @param {{ split: NonNullable<Serve['split']> }} properties */
function Ramp({ split }) {
  const { steps = [], current = -1 } = split;
  const next = steps[current + 1];
  return (
    <>
      a ramp by <code>{split.by}</code> on the line <code>{split.salt}</code>: now <strong>{percent(steps[current]?.percent ?? 0)}</strong> {split.slices[0].variant}
      {next && <span class="soft">, {percent(next.percent)} from {time(next.at)}</span>}
    </>
  );
}
