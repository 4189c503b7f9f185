import { formatNumber } from './format-number.js'
import { FRAME, GRID } from './palette.js'
import type { Scale } from './scale.js'
import { element, type Markup, text } from './svg.js'
import { textWidth } from './text-width.js'

export interface Axis {
  /** What is measured, with its unit. */
  readonly label: string
  /** `linear` by default. A point that is not above zero has no place on a logarithmic axis and is left out. */
  readonly scale?: 'linear' | 'log'
  /** Writes a tick; by default in few digits with k, M and G. */
  readonly format?: (value: number) => string
}

/** Where the plotted area lies in its document, in px. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const TICK_FONT_SIZE = 11
const TICK_GAP = 6
const LABEL_GAP = 20
/** What stands between an axis and the edge of its document beside the ticks' own width, in px. */
export const LABEL_ROOM = 34

export function tickText({ format = formatNumber }: Axis, value: number): string {
  return format(value)
}

/** The widest of an axis's ticks, in px. */
export function ticksWidth(axis: Axis, scale: Scale): number {
  return Math.max(...scale.ticks.map((tick) => textWidth(tickText(axis, tick), TICK_FONT_SIZE)))
}

/** Grid lines, ticks below and the label. Ticks that would touch the one before are left out. */
export function horizontalAxis(axis: Axis, scale: Scale, { left, top, width, height }: Area): Markup {
  const bottom = top + height
  const grid = scale.ticks.map((tick) => {
    const x = left + scale.at(tick) * width
    return element('line', { x1: x, x2: x, y1: top, y2: bottom, stroke: GRID })
  })
  const written: Markup[] = []
  let freeFrom = Number.NEGATIVE_INFINITY
  for (const tick of scale.ticks) {
    const label = tickText(axis, tick)
    const x = left + scale.at(tick) * width
    const half = textWidth(label, TICK_FONT_SIZE) / 2
    if (x - half < freeFrom) continue
    freeFrom = x + half + TICK_GAP
    written.push(text(label, { x, y: bottom + 16, 'font-size': TICK_FONT_SIZE, 'text-anchor': 'middle' }))
  }
  const label = text(axis.label, { x: left + width / 2, y: bottom + 16 + LABEL_GAP, 'text-anchor': 'middle' })
  return [...grid, ...written, label].join('')
}

/** Grid lines, ticks at the left and the label, which reads upwards. */
export function verticalAxis(axis: Axis, scale: Scale, { left, top, width, height }: Area): Markup {
  const ticks = scale.ticks.map((tick) => {
    const y = top + (1 - scale.at(tick)) * height
    const line = element('line', { x1: left, x2: left + width, y1: y, y2: y, stroke: GRID })
    const attributes = { x: left - TICK_GAP, y: y + 4, 'font-size': TICK_FONT_SIZE, 'text-anchor': 'end' }
    return line + text(tickText(axis, tick), attributes)
  })
  const x = left - ticksWidth(axis, scale) - LABEL_GAP
  const middle = top + height / 2
  const attributes = { x, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 ${x.toFixed(2)} ${middle})` }
  return [...ticks, text(axis.label, attributes)].join('')
}

export function frame({ left, top, width, height }: Area): Markup {
  return element('rect', { x: left, y: top, width, height, fill: 'none', stroke: FRAME })
}
