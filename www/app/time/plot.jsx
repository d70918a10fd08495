/** The plot: what of a flag changes over time, and who has what when, on one axis, with an instant to drag. */
import { useRef } from 'preact/hooks';
import { MINUTE, local, utc } from '../instant.js';
import { instant, now } from '../state.js';
import { moments, range } from './asked.js';
import { pointed, share, stride, ticks } from './scale.js';

/** Labels that an axis has room for. */
const LABELS = 9;

/** @param {number} at */
export const left = (at) => `${share(range.value, at) * 100}%`;

/**
 * What lies between two instants, if some of it is on the axis.
 * @param {{ from: number, to: number, kind: string, label: string, title: string, children?: any }} properties
 */
export function Span({ from, to, kind, label, title, children }) {
  const { from: first, to: last } = range.value;
  if (to <= first || from >= last) return null;
  const [start, end] = [share(range.value, from), share(range.value, to)];
  return (
    <span class={`slice ${kind}`} style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }} title={title}>
      {children ?? <span class="word">{label}</span>}
    </span>
  );
}

/**
 * A row on the axis.
 * @param {{ name: any, value: any, spoken: string, class?: string, children: any }} properties name: what it is; value: what holds at the
 *   instant; spoken: what is drawn, in words
 */
export function Lane({ name, value, spoken, class: kind = '', children }) {
  return (
    <div class={`lane ${kind}`}>
      <div class="what">{name}</div>
      <div class="track" role="img" aria-label={spoken}>{children}</div>
      <div class="value">{value}</div>
    </div>
  );
}

/** Goes to the change of the flag before or after the instant. @param {1 | -1} way */
export function hop(way) {
  const at = now.peek();
  const next = way > 0 ? moments.peek().find((one) => one > at) : moments.peek().findLast((one) => one < at);
  if (next !== undefined) instant.value = next;
}

/** @param {{ spoken: string, children: any }} properties spoken: what holds at the instant */
export function Plot({ spoken, children }) {
  const layer = useRef(/** @type {HTMLDivElement | null} */ (null));
  const dragged = useRef(false);
  const { from, to } = range.value;
  const at = now.value;
  const out = at < from || at > to;

  const point = (/** @type {PointerEvent} */ event) => {
    const frame = layer.current?.getBoundingClientRect();
    if (frame && frame.width > 0) instant.value = pointed(range.peek(), (event.clientX - frame.left) / frame.width);
  };
  const down = (/** @type {PointerEvent & { currentTarget: HTMLElement }} */ event) => {
    if (event.button !== 0 || !(event.target instanceof Element) || !event.target.closest('.track, .handle')) return;
    dragged.current = true;
    event.currentTarget.setPointerCapture(event.pointerId);
    layer.current?.querySelector('div')?.focus({ preventScroll: true });
    event.preventDefault();
    point(event);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = stride(range.peek()) * (event.shiftKey ? 10 : 1);
    const here = Math.min(to, Math.max(from, at));
    const ahead = () => (instant.value = Math.min(to, Math.floor(here / MINUTE) * MINUTE + step));
    const back = () => (instant.value = Math.max(from, Math.ceil(here / MINUTE) * MINUTE - step));
    const moved = {
      ArrowRight: ahead, ArrowUp: ahead, ArrowLeft: back, ArrowDown: back,
      Home: () => (instant.value = from), End: () => (instant.value = to),
      PageUp: () => hop(1), PageDown: () => hop(-1),
    }[event.key];
    if (!moved) return;
    event.preventDefault();
    moved();
  };
  return (
    <div class="plot" onPointerDown={down} onPointerMove={(event) => dragged.current && point(event)} onPointerUp={() => (dragged.current = false)} onPointerCancel={() => (dragged.current = false)}>
      <div class="lane axis">
        <div class="what soft">UTC</div>
        <div class="track">
          {ticks(range.value, LABELS).map(({ at: tick, label, great }) => (
            <span key={tick} class={`tick ${great ? 'great' : ''}`} style={{ left: left(tick) }} title={local(tick)}>{label}</span>
          ))}
        </div>
        <div class="value" />
      </div>
      {children}
      <div class="over" ref={layer}>
        <div
          class={`handle ${out ? 'out' : ''}`} role="slider" tabIndex={0} aria-label="Instant" aria-valuemin={from} aria-valuemax={to} aria-valuenow={Math.min(to, Math.max(from, at))}
          aria-valuetext={`${utc(at)} UTC, ${spoken}`} title={local(at)} style={{ left: left(at) }} onKeyDown={keys}
        />
      </div>
    </div>
  );
}
