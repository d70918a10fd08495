/** All flags, as decided for the context. Of many, only those in sight are rendered. */
import { computed, signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { flag, killed } from '../state.js';
import { decisions, fault, flags, toggleKill, turn, verdict } from './looked.js';
import { because, ruleName } from './words.js';

/** Height of a row in rem, as the style has it. */
const ROW = 3.5;
/** Rows beyond the edges of what is in sight. */
const MORE = 12;

/** What the list is filtered by. */
const filter = signal('');

/** Indexes of the flags that the filter leaves; made anew for other flags or another filter, not for scrolling. */
const filtered = computed(() => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return Array.from(flags.value.keys());
  const list = decisions.value;
  /** @type {number[]} */
  const indexes = [];
  flags.value.forEach(({ key, description }, at) => {
    const { reason, code, variant, rule, value, changed } = list[at] ?? {};
    const text = `${key} ${description} ${reason} ${code ?? ''} ${variant ?? ''} ${rule ?? ''} ${value?.text ?? ''} ${changed ? 'changed' : ''}`.toLowerCase();
    if (words.every((word) => text.includes(word))) indexes.push(at);
  });
  return indexes;
});

export function Decisions() {
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [pointed, point] = useState(/** @type {number | null} */ (null));
  const indexes = filtered.value;
  const chosenAt = indexes.findIndex((at) => flags.value[at].key === flag.value);
  const { first, last, row } = useSight(list, indexes.length);
  // The row that Tab reaches must be there.
  const reachable = chosenAt >= first && chosenAt < last ? chosenAt : first;
  const changes = decisions.value.filter(({ changed }) => changed).length;
  const stale = verdict.value?.refused === true || fault.value !== '';

  const focus = (/** @type {number} */ to) => {
    const scroller = list.current;
    if (!scroller || to < 0 || to >= indexes.length) return;
    const top = to * row;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + row > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + row - scroller.clientHeight;
    // The row may have to be rendered first.
    requestAnimationFrame(() => requestAnimationFrame(() => /** @type {HTMLElement | null} */ (scroller.querySelector(`[data-at="${to}"]`))?.focus()));
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const at = Number(/** @type {HTMLElement} */ (event.target).closest('li')?.dataset.row);
    const page = Math.max(1, Math.floor((list.current?.clientHeight ?? 0) / row) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: indexes.length - 1, PageDown: Math.min(at + page, indexes.length - 1), PageUp: Math.max(at - page, 0) }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    focus(to);
  };

  return (
    <section class="card decisions" aria-labelledby="decisions-heading" data-stale={stale}>
      <div class="head">
        <h2 id="decisions-heading">Flags, as decided for this context</h2>
        <input
          type="search" aria-label="Filter the flags" placeholder="Filter" value={filter.value}
          onInput={(event) => (filter.value = event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'ArrowDown' && (event.preventDefault(), focus(0))}
        />
      </div>
      <Note stale={stale} />
      <div class="flags" ref={list} onKeyDown={move} onPointerLeave={() => point(null)}>
        {indexes.length === 0
          ? <p class="soft none">{flags.value.length === 0 ? 'No flag is decided yet.' : 'No flag is like that. Empty the filter to see all.'}</p>
          : <ul role="list" style={{ height: `${indexes.length * row}px` }}>
              {indexes.slice(first, last).map((at, offset) => (
                <Row
                  key={flags.value[at].key} at={at} row={first + offset} of={indexes.length} top={(first + offset) * row}
                  reachable={first + offset === reachable} point={point}
                />
              ))}
            </ul>}
      </div>
      <p class="inwords" aria-live="off">{pointed !== null && decisions.value[pointed] ? because(decisions.value[pointed]) : summary(indexes.length, changes)}</p>
      <p class="hidden" role="status">{turn.value > 1 && changes > 0 ? `${changes} of ${flags.value.length} flags changed` : ''}</p>
    </section>
  );
}

/** @param {number} left @param {number} changes */
function summary(left, changes) {
  const total = flags.value.length;
  const word = total === 1 ? 'flag' : 'flags';
  const many = left === total ? `${total.toLocaleString('en')} ${word}` : `${left.toLocaleString('en')} of ${total.toLocaleString('en')} ${word}`;
  return turn.value > 1 ? `${many}; ${changes === 0 ? 'none' : changes.toLocaleString('en')} changed by the last edit` : many;
}

/** @param {{ stale: boolean }} properties */
function Note({ stale }) {
  if (!stale) return null;
  return (
    <p class="stale">
      {verdict.value?.refused ? 'The ruleset as it stands is refused' : 'The context is no JSON object'}
      {decisions.value.length > 0 ? ': these are the last good decisions.' : '.'}
    </p>
  );
}

/** @param {{ at: number, row: number, of: number, top: number, reachable: boolean, point: (at: number | null) => void }} properties */
function Row({ at, row, of, top, reachable, point }) {
  const { key, description } = flags.value[at];
  const decision = decisions.value[at];
  if (!decision) return null;
  const { value, reason, code, changed } = decision;
  const rule = ruleName(decision);
  const dead = killed.value.includes(key);
  return (
    <li data-row={row} data-flag={key} data-changed={changed || undefined} class={flag.value === key ? 'chosen' : ''} style={{ top: `${top}px` }} aria-setsize={of} aria-posinset={row + 1}>
      {changed && <span class="mark" key={turn.value} aria-hidden="true" />}
      <button
        type="button" class="choose" data-at={row} tabIndex={reachable ? 0 : -1} aria-current={flag.value === key ? 'true' : undefined}
        onClick={() => (flag.value = key)} onFocus={() => point(at)} onBlur={() => point(null)} onPointerEnter={() => point(at)}
      >
        <span class="pair">
          <span class="key">{key}</span>
          <span class="value">{value ? <code class={value.text === 'true' ? 'true' : ''}>{value.text}</code> : <span class="soft">caller’s default</span>}</span>
        </span>
        <span class="pair second">
          <span class="text soft">{description}</span>
          <span class="reason"><span class="badge" data-reason={reason}>{code ?? reason}</span>{rule && <span class="rule"> {rule}</span>}</span>
        </span>
        <span class="hidden">{because(decision)}{changed ? ' Changed by the last edit.' : ''}</span>
      </button>
      <button type="button" class="quiet kill" tabIndex={reachable ? 0 : -1} aria-pressed={dead} aria-label={`Kill ${key}`} title={dead ? `Revive ${key}` : `Kill ${key}: it serves its off variant, whatever its rules say`} onClick={() => toggleKill(key)}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M8 1.5v6M4.6 3.6a5.4 5.4 0 1 0 6.8 0" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" /></svg>
      </button>
    </li>
  );
}

/**
 * The rows in sight. @param {{ current: HTMLElement | null }} list @param {number} count
 */
function useSight(list, count) {
  const [sight, see] = useState({ first: 0, last: 60, row: ROW * 16 });
  const look = () => {
    const scroller = list.current;
    if (!scroller) return;
    const row = ROW * parseFloat(getComputedStyle(document.documentElement).fontSize);
    // In steps, so that scrolling within one renders nothing.
    const first = Math.max(0, Math.floor(scroller.scrollTop / row / MORE) * MORE - MORE);
    const last = first + Math.ceil(scroller.clientHeight / row) + 3 * MORE;
    see((old) => (old.first === first && old.last === last && old.row === row ? old : { first, last, row }));
  };
  useLayoutEffect(look, [count]);
  useEffect(() => {
    const scroller = /** @type {HTMLElement} */ (list.current);
    scroller.addEventListener('scroll', look, { passive: true });
    const watch = new ResizeObserver(look);
    watch.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', look);
      watch.disconnect();
    };
  }, []);
  return sight;
}
