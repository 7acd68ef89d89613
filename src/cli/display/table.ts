/** A column: its heading and what it shows of a row. */
export interface Column<Row> {
  readonly heading: string
  readonly value: (row: Row) => string
  /** Where its values stand; numbers read better at the right. Default: left. */
  readonly align?: 'left' | 'right'
}

/** Between two columns. */
const gap = '   '

/**
 * Rows as aligned text under capital headings, without a final line feed. Cells have one line;
 * a column ends where its longest value does, so that nothing is ever cut.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({heading}) => heading.toUpperCase()),
    ...rows.map((row) => columns.map(({value}) => value(row).replaceAll(/\s*\n\s*/g, ' '))),
  ]
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => widthOf(cells[at]))))
  return lines
    .map((cells) => cells.map((cell, at) => pad(cell, widths[at], columns[at]?.align)))
    .map((cells) => cells.join(gap).trimEnd())
    .join('\n')
}

function pad(cell: string, width = 0, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(cell)))
  return align === 'right' ? fill + cell : cell + fill
}

/** Code points, not UTF-16 units: an emoji is one. */
function widthOf(cell = ''): number {
  return Array.from(cell).length
}
