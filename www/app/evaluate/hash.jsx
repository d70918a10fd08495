/** A hash line with its cuts in words, and the point of the key that is evaluated. */
import { Line, Swatch } from '../line.jsx';
import { joined, place } from '../shares.js';

/** Slices that are told in words. */
const WORDS = 8;

/** @param {{ slices: readonly import('../shares.js').Slice[], point: number | undefined, label: string }} properties slices: in the order of the line */
export function Hash({ slices, point, label }) {
  const parts = joined(slices);
  return (
    <div class="hash">
      <Line slices={parts} point={point} label={label} />
      <ul class="cuts" role="list">
        {parts.slice(0, WORDS).map(({ from, to, label: name, kind }) => (
          <li key={from} data-here={(point !== undefined && from <= point && point < to) || undefined}>
            <Swatch kind={kind} /> {name} <span class="soft">{place(from)} to {place(to)}</span>
            {point !== undefined && from <= point && point < to && <strong> ◂ the key, at {place(point)}</strong>}
          </li>
        ))}
        {parts.length > WORDS && <li class="soft">and {parts.length - WORDS} more slices</li>}
      </ul>
    </div>
  );
}
