/** What is wrong with the ruleset: one line, which opens to all of it. */
import { useState } from 'preact/hooks';
import { found } from './checked.js';
import { names, trouble } from './looked.js';

/** @param {{ go: (remark: import('../../workers/evaluate.js').Remark) => void }} properties */
export function Remarks({ go }) {
  const [open, setOpen] = useState(false);
  const told = found.value;
  const count = Object.keys(names.value.flags).length;
  if (trouble.value) return <p class="foot failed" role="status">There is no answer: {trouble.value}</p>;
  if (!told) return <p class="foot soft" role="status">Reading…</p>;
  if (told.failed) return <p class="foot failed" role="status">{told.failed}</p>;
  if (told.total === 0) return <p class="foot soft" role="status"><span class="true" aria-hidden="true">✓ </span>{count.toLocaleString('en')} {count === 1 ? 'flag' : 'flags'}, nothing to remark</p>;
  const [first] = told.remarks;
  return (
    <div class="remarks">
      <p class="foot" role="status">
        <button type="button" class="quiet fold first" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span aria-hidden="true">{open ? '▾' : '▴'} </span>
          {told.refused ? <strong class="failed">Refused. </strong> : <strong>{told.total.toLocaleString('en')} {told.total === 1 ? 'remark' : 'remarks'}. </strong>}
          <span class="soft">Line {first.line}: {first.message}</span>
        </button>
      </p>
      {open && (
        <ul role="list">
          {told.remarks.slice(0, 100).map((remark, at) => (
            <li key={at} data-severity={remark.severity} data-code={remark.code}>
              <button type="button" class="quiet" onClick={() => go(remark)}>
                <span class="badge">{remark.severity}</span> <span class="place">line {remark.line}</span> {remark.flag !== undefined && <code>{remark.flag}</code>} {remark.message}
                <span class="soft"> To mend it: {remark.help}</span>
              </button>
            </li>
          ))}
          {told.total > 100 && <li class="soft">and {(told.total - 100).toLocaleString('en')} more</li>}
        </ul>
      )}
    </div>
  );
}
