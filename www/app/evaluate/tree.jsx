/** A condition as written, with its truth at every place. */
import { useState } from 'preact/hooks';
import { LINE } from '../shares.js';
import { Hash } from './hash.jsx';
import { why } from './looked.js';
import { operator, percent, time, unknown } from './words.js';

/** @typedef {import('./condition.js').Node} Node */

const SIGNS = /** @type {const} */ ({ true: '✓', false: '✗', unknown: '?' });

/** A truth value, in a word and a sign. @param {{ truth: import('./condition.js').Truth | undefined, asked: boolean }} properties */
export function Truth({ truth, asked }) {
  if (!asked) {
    const would = truth === undefined ? 'not asked' : `not asked; would be ${truth}`;
    return <span class="truth unasked" title="What came before had settled the answer already">{would}</span>;
  }
  const name = truth ?? 'unknown';
  return <span class={`truth ${name}`}><span aria-hidden="true">{SIGNS[name]} </span>{name}</span>;
}

/** @param {{ node: Node, depth?: number }} properties */
export function Tree({ node, depth = 0 }) {
  return <ul class="tree" role="list"><Place node={node} depth={depth} /></ul>;
}

const JOINS = { all: 'all of these', any: 'any of these', not: 'not' };

/** @param {{ node: Node, depth: number }} properties */
function Place({ node, depth }) {
  const { kind, parts, truth, asked } = node;
  if (parts) {
    return (
      <li class="place" data-kind={kind} data-truth={truth} data-asked={asked}>
        <div class="says"><Truth truth={truth} asked={asked} /><span class="words">{JOINS[/** @type {'all' | 'any' | 'not'} */ (kind)]}</span></div>
        <ul class="tree" role="list">{parts.map((part, at) => <Place key={at} node={part} depth={depth} />)}</ul>
      </li>
    );
  }
  return (
    <li class="place" data-kind={kind} data-truth={truth} data-asked={asked}>
      <div class="says">
        <Truth truth={truth} asked={asked} />
        <span class="words"><Says node={node} /></span>
      </div>
      <p class="found"><Finds node={node} /></p>
      {node.line && <Hash slices={bucket(node.line)} point={node.line.point} label={`the line ${node.line.salt}`} />}
      {(kind === 'segment' || kind === 'flag') && <Inside node={node} depth={depth} />}
    </li>
  );
}

/** @param {NonNullable<Node['line']>} line @returns {import('../shares.js').Slice[]} */
const bucket = ({ from, to }) => [
  { from: 0, to: from, label: 'outside', kind: 'off' }, { from, to, label: 'in the bucket', kind: 'v1' }, { from: to, to: LINE, label: 'outside', kind: 'off' },
];

/** What a leaf asks. @param {{ node: Node }} properties */
function Says({ node }) {
  if (node.kind === 'segment') return <>in the segment <code>{node.name}</code></>;
  if (node.kind === 'flag') return <>flag <code>{node.name}</code> serves <code>{node.is?.join(' or ')}</code></>;
  if (node.kind === 'time') return <>the instant is {span(node.window)}</>;
  if (node.line) {
    const { percents, salt } = node.line;
    return <>the point of <code>{node.path}</code> is from {percent(percents[0])} to {percent(percents[1])} of the line <code>{salt}</code></>;
  }
  return (
    <>
      <code>{node.path}</code> <span title={node.op}>{operator(node.op)}</span>
      {node.operand && <> <code>{node.operand.text}</code>{node.operand.more > 0 && <span class="soft"> and {node.operand.more.toLocaleString('en')} more</span>}</>}
      {node.ignoreCase && <span class="soft"> (upper or lower case)</span>}
    </>
  );
}

/** @param {Node['window']} window */
function span(window) {
  const { from, until } = window ?? {};
  return [from === undefined ? '' : `from ${time(from)}`, until === undefined ? '' : `until ${time(until)}`].filter(Boolean).join(' ');
}

/** What was there. @param {{ node: Node }} properties */
function Finds({ node }) {
  const why = node.truth === 'unknown' ? <span class="unknown"> {unknown(node)}</span> : null;
  if (node.kind === 'segment') return why;
  if (node.kind === 'time') return null;
  if (node.kind === 'flag') return why ?? <>it serves <code>{node.serves}</code></>;
  if (!node.actual) return why ?? (node.op === 'exists' ? <>the context has none</> : null);
  return <>{node.line ? 'the key is ' : 'it is '}<code>{node.actual.text}</code>{why && <>;{why}</>}</>;
}

/** A segment's condition, or another flag, unfolded in place. @param {{ node: Node, depth: number }} properties */
function Inside({ node, depth }) {
  const [open, setOpen] = useState(node.kind === 'segment' && depth === 0);
  const inside = node.kind === 'segment' ? why.value?.segments.get(node.name ?? '') : undefined;
  const flag = node.kind === 'flag' ? why.value?.flags.get(node.name ?? '') : undefined;
  if (!inside && !flag) return null;
  return (
    <div class="inside">
      <button type="button" class="quiet fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">{open ? '▾' : '▸'}</span> {node.kind === 'segment' ? 'what the segment says' : 'why it serves that'}<span class="hidden"> ({node.name})</span>
      </button>
      {open && inside && <Tree node={inside} depth={depth + 1} />}
      {open && flag && <FlagPath flag={flag} depth={depth + 1} />}
    </div>
  );
}

/** Set by the explanation, which shows flags and itself needs trees. @type {(properties: { flag: import('./why.js').FlagWhy, depth: number }) => any} */
let FlagPath = () => null;

/** @param {typeof FlagPath} component */
export function showFlagsWith(component) {
  FlagPath = component;
}
