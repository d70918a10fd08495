/** A hash line as a bar: who lies where, and if there is one, the point of a key. Styles: `style/line.css`. */
import { LINE, place, spoken } from './shares.js';

/** @param {number} point */
const at = (point) => `${(point / LINE) * 100}%`;

/** A label stands on the wider side of the point, which would cross it. @param {number} from @param {number} to @param {number} [point] */
function beside(from, to, point) {
  if (point === undefined || point < from || point >= to) return undefined;
  const share = (point - from) / (to - from);
  return share < 0.5 ? { marginInlineStart: `calc(${share * 100}% + 4px)` } : { maxWidth: `calc(${share * 100}% - 4px)` };
}

/**
 * @param {{ slices: readonly import('./shares.js').Slice[], point?: number, label?: string }} properties
 *   slices: in the order of the line; their points from 0 to 2^32. label: what the line is, spoken before what lies
 *   on it
 */
export function Line({ slices, point, label }) {
  return (
    <div class="line" role="img" aria-label={`${label ? `${label}: ` : ''}${spoken(slices, point)}`}>
      {slices.map(({ from, to, label: name, kind }) => (
        <span key={from} class={`slice ${kind}`} style={{ left: at(from), width: at(to - from) }} title={`${name}, ${place(from)} to ${place(to)} of the line`}>
          <span class="word" aria-hidden="true" style={beside(from, to, point)}>{name}</span>
        </span>
      ))}
      {point !== undefined && <span class="point" style={{ left: at(point) }} title={`this key, at ${place(point)}`} />}
    </div>
  );
}

/** A small piece of a slice, beside its name in a legend. @param {{ kind: import('./shares.js').Slice['kind'] }} properties */
export function Swatch({ kind }) {
  return <span class={`swatch slice ${kind}`} aria-hidden="true" />;
}
