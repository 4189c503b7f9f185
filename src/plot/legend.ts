import { strokeOf } from './palette.js'
import { element, type Markup, text } from './svg.js'
import { textWidth } from './text-width.js'

const FONT_SIZE = 12
const ROW_HEIGHT = 18
const SWATCH_WIDTH = 20
const GAP = 8
const ENTRY_GAP = 20

export interface Legend {
  readonly markup: Markup
  /** In px; 0 when there is nothing to name. */
  readonly height: number
}

/** The names of the series beside a piece of their line, in as many rows as the width asks for. */
export function legend(names: readonly string[], left: number, top: number, width: number): Legend {
  let x = left
  let row = 0
  const entries = names.map((name, series) => {
    const entryWidth = SWATCH_WIDTH + GAP + textWidth(name, FONT_SIZE)
    if (x > left && x + entryWidth > left + width) {
      x = left
      row += 1
    }
    const entry = drawEntry(name, series, x, top + row * ROW_HEIGHT + ROW_HEIGHT / 2)
    x += entryWidth + ENTRY_GAP
    return entry
  })
  return { markup: entries.join(''), height: names.length === 0 ? 0 : (row + 1) * ROW_HEIGHT }
}

function drawEntry(name: string, series: number, x: number, middle: number): Markup {
  const { colour, dash } = strokeOf(series)
  const line = { x1: x, x2: x + SWATCH_WIDTH, y1: middle, y2: middle, stroke: colour, 'stroke-width': 2.5 }
  return (
    element('line', { ...line, 'stroke-dasharray': dash }) +
    text(name, { x: x + SWATCH_WIDTH + GAP, y: middle + 4, 'font-size': FONT_SIZE })
  )
}
