/** Rows of the plot: a ramp, a time window, the decisions of a context. */
import { utc } from '../instant.js';
import { Swatch } from '../line.jsx';
import { LINE, cut, kind, place, words } from '../shares.js';
import { now } from '../state.js';
import { range } from './asked.js';
import { answers, drawn, during } from './decide.js';
import { percentAt } from './document.js';
import { Lane, Span, left } from './plot.jsx';
import { share } from './scale.js';

/** @typedef {import('../shares.js').Variants} Variants */

/** What is said of a row in words; the table has the rest. */
const SAID = 20;

/** @param {string[]} list */
const said = (list) => [...list.slice(0, SAID), ...(list.length > SAID ? [`and ${list.length - SAID} more`] : [])].join(', ');

/** Where a part stands, if it is not the flag's own. @param {{ part: import('./document.js').Part, flag: string }} properties */
function Origin({ part, flag }) {
  if (part.segment !== undefined) return <>segment <code>{part.segment}</code></>;
  const where = part.where === 'default' || part.where === '' ? 'default' : part.where;
  return part.flag === flag ? <>{where}</> : <><code>{part.flag}</code>: {where}</>;
}

/** What a row has no room for. @param {{ count: number }} properties */
const More = ({ count }) => (count > 0 ? <span class="failed"> {count} later changes are not drawn: show a shorter time</span> : null);

/**
 * A ramp: from each step on, the share of its variant. Its own flag's variants have their fills.
 * @param {{ part: import('./document.js').Ramp, flag: string, variants: Variants | undefined, keys: readonly { name: string, number: number, point: number }[] }} properties
 *   keys: where the keys of the contexts below lie
 */
export function Ramp({ part, flag, variants, keys }) {
  const { variant, rest, by, withoutKey, steps } = part.ramp;
  const known = part.flag === flag ? variants : { variants: [variant, rest], off: rest };
  const [up, under] = [kind(known, { variant }), kind(known, { variant: rest })];
  const percent = percentAt(steps, now.value);
  // Near the end of the axis the keys lie before the instant.
  const back = share(range.value, now.value) > 0.75;
  const { pieces: all, end, left: more } = drawn(steps.map(({ at, percent: one }, index) => ({ from: at, to: steps[index + 1]?.at ?? Infinity, percent: one })), range.value);
  const lies = keys.map(({ name, point }) => `; the key of ${name} lies at ${place(point)}`).join('');
  const spoken = `Ramp of ${variant}: ${said(all.map(({ from, percent: one }) => `from ${utc(from)} ${one} %`))}; before the first step, nobody${lies}`;
  return (
    <Lane
      class={part.flag === flag ? 'ramp' : 'ramp asked'} spoken={spoken}
      name={<><span>ramp, <Origin part={part} flag={flag} /></span>{by !== 'targetingKey' && <span class="soft">by <code>{by}</code></span>}{withoutKey !== undefined && <span class="soft">without a key <code>{withoutKey}</code></span>}<More count={more} /></>}
      value={<><b><Swatch kind={up} />{variant} {percent} %</b><span><Swatch kind={under} />{rest} {+(100 - percent).toFixed(3)} %</span></>}
    >
      <span class={`slice ${under}`} style={{ left: '0', width: left(end) }} />
      {all.map(({ from, to, percent: one }) => (
        <Span key={from} from={from} to={to} kind="bare" label="" title={`${variant} ${one} % from ${utc(from)}${to === Infinity ? '' : ` to ${utc(to)}`}`}>
          <span class={`slice ${up} rise`} style={{ height: `${one}%` }} />
          <span class="percent" style={{ bottom: `${Math.min(one, part.flag === flag ? 80 : 62)}%` }}>{one} %</span>
        </Span>
      ))}
      {keys.map(({ name, number, point }, column) => (
        <span key={number} class={`dot ${point < cut(percent) ? 'in' : ''} ${back ? 'back' : ''}`} style={{ '--column': column, left: left(now.value), bottom: `clamp(0.5rem, ${(point / LINE) * 100}%, 100% - 0.6rem)` }} title={`${name}: its key lies at ${place(point)}`}>{number}</span>
      ))}
    </Lane>
  );
}

/** @param {{ part: import('./document.js').Window, flag: string }} properties */
export function Window({ part, flag }) {
  const { from = -Infinity, until = Infinity } = part.time;
  const inside = from <= now.value && now.value < until;
  const said = `${from === -Infinity ? '' : `from ${utc(from)} `}${until === Infinity ? '' : `until ${utc(until)}`}`;
  return (
    <Lane class="window" name={<span>{part.negated ? 'not in ' : ''}time, <Origin part={part} flag={flag} /></span>} value={<span>{inside ? 'inside' : 'outside'}</span>} spoken={`Time window ${said}`}>
      <Span from={Math.max(from, range.value.from)} to={Math.min(until, range.value.to)} kind="open" label={said} title={said} />
    </Lane>
  );
}

/** @param {{ name: string, number: number, own: boolean, intervals: readonly import('./decide.js').Interval[], variants: Variants | undefined }} properties */
export function Decisions({ name, number, own, intervals, variants }) {
  const { pieces: bands, left: more } = drawn(answers(intervals), range.value);
  const present = during(intervals, now.value);
  const spoken = `${name}: ${said(bands.map(({ from, answer }) => `${from === -Infinity ? 'first' : `from ${utc(from)}`} ${words(answer)}`))}`;
  return (
    <Lane
      class={`who ${own ? 'own' : ''}`} spoken={spoken} name={<span title={name}><b class="number">{number}</b>{name}{own && name !== 'your context' && <span class="badge">yours</span>}<More count={more} /></span>}
      value={present && <span title={present.reason}><Swatch kind={kind(variants, present.answer)} />{present.answer.errorCode === 'TARGETING_KEY_MISSING' ? 'no key: default' : words(present.answer)}</span>}
    >
      {bands.map(({ from, to, answer }) => (
        <Span key={from} from={from} to={to} kind={kind(variants, answer)} label={words(answer)} title={`${words(answer)}${from === -Infinity ? '' : ` from ${utc(from)}`}${to === Infinity ? '' : ` until ${utc(to)}`}`} />
      ))}
    </Lane>
  );
}
