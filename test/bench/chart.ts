import type { Row, Section } from './section.js'

const width = 760
const labels = 230
const barHeight = 18
const gap = 8
const top = 48

/** A section as a bar chart: medians as bars, quartiles as whiskers, the ratio to the reference beside each. */
export function chartOf(section: Section): string {
  const { title, unit, better, rows, note } = section
  const most = Math.max(...rows.map(({ value }) => value.high))
  const scale = (value: number) => (value / most) * (width - labels - 150)
  const height = top + rows.length * (barHeight + gap) + (note === undefined ? 8 : 28)
  const bars = rows.map((row, index) => bar(section, row, top + index * (barHeight + gap), scale))
  const footer = note === undefined ? '' : text(12, height - 10, note, 'class="note"')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-size:15px;font-weight:600}.own{font-weight:600}.note{font-size:11px}
.bar{fill:#8c959f}.own-bar{fill:#1f6feb}.whisker{stroke:#57606a}
@media(prefers-color-scheme:dark){text{fill:#c9d1d9}.whisker{stroke:#c9d1d9}}</style>
${text(12, 20, title, 'class="title"')}
${text(12, 37, `${unit}, ${better} is better; whiskers are quartiles${section.reference === undefined ? '' : `; × is against ${section.reference}`}`, 'class="note"')}
${bars.join('\n')}
${footer}
</svg>
`
}

function bar({ reference }: Section, { name, value, ratio }: Row, y: number, scale: (value: number) => number): string {
  const own = name.startsWith('latchkey')
  const middle = y + barHeight / 2
  const end = labels + scale(value.high)
  const compared = ratio === undefined || name === reference ? '' : ` · ${figure(ratio.median)} ×`
  return [
    text(labels - 8, middle + 4, name, `text-anchor="end"${own ? ' class="own"' : ''}`),
    `<rect class="${own ? 'own-bar' : 'bar'}" x="${labels}" y="${y}" width="${round(scale(value.median))}" height="${barHeight}" rx="2"/>`,
    `<line class="whisker" x1="${round(labels + scale(value.low))}" x2="${round(end)}" y1="${middle}" y2="${middle}"/>`,
    text(end + 8, middle + 4, `${figure(value.median)}${compared}`, own ? 'class="own"' : ''),
  ].join('')
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${y}" ${attributes}>${escaped(content)}</text>`
}

/** Three figures that matter, thousands apart. */
export function figure(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
