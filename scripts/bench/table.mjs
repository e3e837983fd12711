// The table. A row has a name, what was measured, the target, peers with the ratio to each, and a verdict.

/** `value` against `target`; `higher` where more is better. */
export function verdict(value, target, higher = false) {
  if (target === undefined) return '';
  return (higher ? value >= target : value <= target) ? 'met' : 'missed';
}

/** How `value` stands to what a peer took, in a person's words. */
export const against = (peer, value, peerValue) => `${(value / peerValue).toFixed(2)} × ${peer}`;

export const ms = (value) => (value < 10 ? `${value.toFixed(2)} ms` : `${Math.round(value)} ms`);
export const seconds = (value) => `${(value / 1000).toFixed(2)} s`;
export const micros = (millis) => `${Math.round(millis * 1000)} µs`;
export const mib = (bytes) => `${Math.round(bytes / 1024 / 1024)} MiB`;
export const perSecond = (value) => `${Math.round(value).toLocaleString('en')}/s`;

const COLUMNS = ['row', 'measured', 'target', 'peers', 'verdict'];

export function printTable(rows, out = process.stdout) {
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => cell(row[name])))];
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  for (const [i, line] of lines.entries()) {
    out.write(`${line.map((text, at) => text.padEnd(widths[at])).join('  ')}`.trimEnd() + '\n');
    if (i === 0) out.write(`${widths.map((width) => '-'.repeat(width)).join('  ')}\n`);
  }
}

const cell = (value) => (Array.isArray(value) ? value.join('; ') : (value ?? ''));
