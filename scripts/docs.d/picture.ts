/**
 * Draws what a terminal showed as SVG: `node picture.ts <first line> <screen >picture.svg`, where the screen has the
 * escape sequences that `tmux capture-pane -e` writes.
 */
import {text} from 'node:stream/consumers'
import {stripVTControlCharacters} from 'node:util'

/** Pixels. */
const size = {font: 13, line: 18, column: 7.82, edge: 16}

/** Select Graphic Rendition codes that squizzle's output has, in colours that stand out from the background. */
const colors: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#7ee787',
  '33': '#e3b341',
  '34': '#79c0ff',
  '35': '#d2a8ff',
  '36': '#56d4dd',
  '90': '#8b949e',
}

const [first = ''] = process.argv.slice(2)
const screen = (await text(process.stdin)).trimEnd().split('\n')
process.stdout.write(draw(screen.slice(screen.findLastIndex((line) => line.startsWith(first)))))

function draw(lines: readonly string[]): string {
  const plain = lines.map(stripVTControlCharacters)
  const width = Math.ceil(
    Math.max(...plain.map((line) => line.length)) * size.column + 2 * size.edge,
  )
  const height = lines.length * size.line + 2 * size.edge
  const rows = lines.map((line, index) => {
    const y = size.edge + size.line * index + size.font
    return `<text x="${size.edge}" y="${y}">${drawLine(line)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="squizzle apply and status in a terminal">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${size.font}" fill="#e6edf3" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`
}

function drawLine(line: string): string {
  const [start = '', ...colored] = line.split('\u001B[')
  const rest = colored.map((part) => {
    const [, code = '', shown = ''] = /^([\d;]*)m(.*)$/.exec(part) ?? []
    return span(shown, colors[code])
  })
  return [span(start, start.startsWith('$ ') ? colors['34'] : undefined), ...rest].join('')
}

function span(shown: string, color: string | undefined): string {
  const content = escape(shown)
  return color === undefined || content === ''
    ? content
    : `<tspan fill="${color}">${content}</tspan>`
}

function escape(shown: string): string {
  return shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
