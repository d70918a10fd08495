/** How serin's cost grows, drawn. Grey lines and one colour, so that it reads on light and on dark. */
import { AXES } from './axes.js';
import { typical } from './figures.js';

const PANEL = { width: 250, height: 170, left: 52, right: 14, top: 30, bottom: 28 };
const COLUMNS = 3;
const INK = '#7d8590';
const LINE = '#c9820a';

/** @param {number} value */
const short = (value) => (value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(value));
/** @param {number} value @param {string} unit */
const label = (value, unit) => (unit === 'ms' ? (value >= 1000 ? `${value / 1000} s` : `${value} ms`) : value >= 1e6 ? `${value / 1e6} ms` : value >= 1000 ? `${value / 1000} µs` : `${value} ns`);

/** One axis, both scales logarithmic. @param {string} axis @param {Record<string, number[]>} points @param {number} left @param {number} top */
function panel(axis, points, left, top) {
  const { name, unit } = AXES[axis];
  const all = Object.entries(points).map(([size, numbers]) => [Number(size), typical(numbers, unit)]);
  const costs = all.map(([, cost]) => Math.log10(cost));
  const low = Math.floor(Math.min(...costs));
  const high = Math.max(Math.ceil(Math.max(...costs)), low + 2);
  const last = Math.log10(all[all.length - 1][0]);
  const first = Math.log10(all[0][0]);
  const x = (/** @type {number} */ size) => left + PANEL.left + ((Math.log10(size) - first) / (last - first)) * (PANEL.width - PANEL.left - PANEL.right);
  const y = (/** @type {number} */ power) => top + PANEL.height - PANEL.bottom - ((power - low) / (high - low)) * (PANEL.height - PANEL.top - PANEL.bottom);
  const at = (/** @type {number} */ number) => number.toFixed(1);
  const lines = Array.from({ length: high - low + 1 }, (_, step) => low + step).map((power) =>
    `<path d="M${at(left + PANEL.left)} ${at(y(power))}H${at(left + PANEL.width - PANEL.right)}" stroke="${INK}" stroke-opacity=".35"/>` +
    `<text x="${at(left + PANEL.left - 6)}" y="${at(y(power) + 3.5)}" text-anchor="end">${label(10 ** power, unit)}</text>`);
  const sizes = all.map(([size]) => `<text x="${at(x(size))}" y="${at(top + PANEL.height - PANEL.bottom + 15)}" text-anchor="middle">${short(size)}</text>`);
  const dots = all.map(([size], index) => `<circle cx="${at(x(size))}" cy="${at(y(costs[index]))}" r="3" fill="${LINE}"/>`);
  const path = all.map(([size], index) => `${index === 0 ? 'M' : 'L'}${at(x(size))} ${at(y(costs[index]))}`).join('');
  return [`<text x="${at(left + 8)}" y="${at(top + 15)}" font-size="12" font-weight="600">${name}</text>`, ...lines, ...sizes, `<path d="${path}" fill="none" stroke="${LINE}" stroke-width="2"/>`, ...dots].join('\n');
}

/** An SVG without blank lines, so that Markdown takes it as it is. @param {Record<string, Record<string, number[]>>} scaling */
export function plot(scaling) {
  const axes = Object.entries(scaling);
  const width = COLUMNS * PANEL.width;
  const height = Math.ceil(axes.length / COLUMNS) * PANEL.height;
  const panels = axes.map(([axis, points], at) => panel(axis, points, (at % COLUMNS) * PANEL.width, Math.floor(at / COLUMNS) * PANEL.height));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="10" fill="${INK}">
<title>How serin's cost grows: time against size, both logarithmic</title>
${panels.join('\n')}
</svg>
`;
}
