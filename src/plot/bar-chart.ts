import { type Area, type Axis, horizontalAxis, tickText } from './axis.js'
import { EMPHASISED, FAINT_TEXT, FRAME, PLAIN } from './palette.js'
import { createScale, type Scale } from './scale.js'
import { element, type Markup, svgDocument, text } from './svg.js'
import { textWidth } from './text-width.js'
import { EDGE, titleText, titleWidth } from './title.js'

export interface Bar {
  readonly name: string
  /** A bar that has no place on the axis is named and written, but not drawn. */
  readonly value: number
  /** Written after the value. */
  readonly note?: string
  readonly emphasised?: boolean
}

export interface BarChart {
  readonly title: string
  readonly value: Axis
  readonly bars: readonly Bar[]
  /** In px; 760 by default. More when the names need it. */
  readonly width?: number
  /** In px; by default as the number of bars asks for. */
  readonly height?: number
}

const FONT_SIZE = 12
const TOP = 48
const BOTTOM_ROOM = 50
const BAR_ROOM = 30
const GAP = 8
const NARROWEST = 320
const TICK_ROOM = 70
/** The share of a bar's room that is bar. */
const THICKNESS = 0.66

/** Draws horizontal bars, their names at the left and their values at their ends, as an SVG document. */
export function barChart(chart: BarChart): string {
  const { title, value, bars, height = TOP + bars.length * BAR_ROOM + BOTTOM_ROOM } = chart
  const left = EDGE + GAP + widest(bars.map(({ name }) => name))
  const right = EDGE + GAP + widest(bars.map((bar) => ending(bar, value)))
  const width = Math.ceil(Math.max(chart.width ?? 760, left + NARROWEST + right, titleWidth(title)))
  const area: Area = { left, top: TOP, width: width - left - right, height: Math.max(height - TOP - BOTTOM_ROOM, 20) }
  const scale = createScale(
    value.scale ?? 'linear',
    bars.map((bar) => bar.value),
    {
      ticks: Math.max(area.width / TICK_ROOM, 2),
      fromZero: true,
    },
  )
  return svgDocument(
    title,
    width,
    Math.max(height, area.top + area.height + BOTTOM_ROOM),
    titleText(title),
    horizontalAxis(value, scale, area),
    ...bars.map((bar, index) => drawBar(bar, value, scale, slot(area, index, bars.length))),
    baseline(scale, area),
  )
}

function slot(area: Area, index: number, count: number): Area {
  const height = area.height / count
  return { ...area, top: area.top + index * height, height }
}

function drawBar(bar: Bar, axis: Axis, scale: Scale, { left, top, width, height }: Area): Markup {
  const middle = top + height / 2
  const start = scale.at(baseValue(scale))
  const end = scale.has(bar.value) ? scale.at(bar.value) : start
  const thickness = Math.min(height * THICKNESS, 26)
  const weight = bar.emphasised === true ? 'bold' : 'normal'
  return [
    text(bar.name, { x: left - GAP, y: middle + 4, 'text-anchor': 'end', 'font-weight': weight }),
    element('rect', {
      x: left + Math.min(start, end) * width,
      y: middle - thickness / 2,
      width: Math.abs(end - start) * width,
      height: thickness,
      fill: bar.emphasised === true ? EMPHASISED : PLAIN,
    }),
    text(ending(bar, axis), {
      x: left + Math.max(start, end) * width + GAP,
      y: middle + 4,
      'font-weight': weight,
      fill: bar.emphasised === true ? '#222222' : FAINT_TEXT,
    }),
  ].join('')
}

function baseline(scale: Scale, { left, top, width, height }: Area): Markup {
  const x = left + scale.at(baseValue(scale)) * width
  return element('line', { x1: x, x2: x, y1: top, y2: top + height, stroke: FRAME })
}

/** Bars start at zero, or at the start of an axis that has no zero. */
function baseValue(scale: Scale): number {
  return scale.has(0) ? 0 : (scale.ticks[0] ?? 0)
}

function ending({ value, note }: Bar, axis: Axis): string {
  return note === undefined ? tickText(axis, value) : `${tickText(axis, value)}\u00a0\u00a0${note}`
}

/** As bold, which is wider. */
function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((one) => textWidth(one, FONT_SIZE) * 1.06))
}
