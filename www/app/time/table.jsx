/** The figures of the plot as a table: from each change to the next, ramps and decisions. */
import { local, utc } from '../instant.js';
import { words } from '../shares.js';
import { instant } from '../state.js';
import { found } from './asked.js';
import { during } from './decide.js';
import { instants, percentAt } from './document.js';

/** Rows that are shown. */
const ROWS = 200;

export function Figures() {
  const drawn = found.value;
  if (!drawn) return null;
  const { parts, visitors, rows, flag } = drawn;
  const ramps = parts.filter((part) => 'ramp' in part);
  // As written, and as decided: whatever one of the two knows is a row.
  const all = [...new Set([...parts.flatMap(instants), ...rows.flat().map(({ from }) => from).filter(Number.isFinite)])].sort((one, other) => one - other);
  return (
    <details class="figures">
      <summary>The same as a table</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Figures">
        <table>
          <thead>
            <tr>
              <th scope="col">from (UTC)</th>
              {ramps.map(({ ramp, flag: owner, segment }, at) => <th key={at} scope="col">{ramp.variant}{owner !== flag && ` of ${owner ?? segment}`}</th>)}
              {visitors.map(({ name }) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {[-Infinity, ...all.slice(0, ROWS)].map((at) => (
              <tr key={at}>
                <th scope="row">{at === -Infinity ? 'before' : <button type="button" class="quiet" title={local(at)} onClick={() => (instant.value = at)}>{utc(at)}</button>}</th>
                {ramps.map(({ ramp }, index) => <td key={index}>{percentAt(ramp.steps, at)} %</td>)}
                {visitors.map(({ name }, index) => <td key={name}>{words(during(rows[index], at === -Infinity ? -Number.MAX_VALUE : at)?.answer ?? {})}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all.length > ROWS && <p class="note">{all.length - ROWS} later changes are not shown.</p>}
    </details>
  );
}
