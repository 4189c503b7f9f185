import { type Area, type Axis, frame, horizontalAxis, LABEL_ROOM, ticksWidth, verticalAxis } from './axis.js'
import { legend } from './legend.js'
import { FAINT_TEXT, strokeOf } from './palette.js'
import { createScale, type Scale } from './scale.js'
import { element, type Markup, svgDocument, text } from './svg.js'
import { EDGE, titleText, titleWidth } from './title.js'

export type { Axis } from './axis.js'

export interface Series {
  readonly name: string
  /** In the order in which they are joined. A point that is no number on its axis interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface LineChart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  /** In px; 760 by default. */
  readonly width?: number
  /** In px; 380 by default. */
  readonly height?: number
}

const TITLE_ROOM = 40
const BOTTOM_ROOM = 50
/** A chart of fewer points shows where they are. */
const FEW_POINTS = 25
const X_TICK_ROOM = 70
const Y_TICK_ROOM = 40

/** Draws lines over two axes as an SVG document. A linear y axis starts at zero. */
export function lineChart({ title, x, y, series, width = 760, height = 380 }: LineChart): string {
  const names = legend(
    series.map(({ name }) => name),
    EDGE,
    TITLE_ROOM,
    width - 2 * EDGE,
  )
  const top = TITLE_ROOM + names.height + 12
  const areaHeight = Math.max(height - top - BOTTOM_ROOM, 40)
  const points = series.flatMap((one) => one.points)
  const yScale = createScale(
    y.scale ?? 'linear',
    points.map((point) => point[1]),
    {
      ticks: Math.max(areaHeight / Y_TICK_ROOM, 2),
      fromZero: true,
    },
  )
  const left = EDGE + LABEL_ROOM - 10 + ticksWidth(y, yScale)
  const xScale = createScale(
    x.scale ?? 'linear',
    points.map((point) => point[0]),
    { ticks: Math.max((width - left - EDGE) / X_TICK_ROOM, 2), fromZero: false },
  )
  const areaWidth = Math.max(width - left - EDGE - ticksWidth(x, xScale) / 2, 80)
  const area: Area = { left, top, width: areaWidth, height: areaHeight }
  return svgDocument(
    title,
    Math.max(width, left + areaWidth + EDGE, Math.ceil(titleWidth(title))),
    Math.max(height, top + areaHeight + BOTTOM_ROOM),
    titleText(title),
    names.markup,
    horizontalAxis(x, xScale, area),
    verticalAxis(y, yScale, area),
    frame(area),
    ...series.map((one, index) => drawSeries(one, index, xScale, yScale, area)),
    points.length === 0 ? emptyNote(area) : '',
  )
}

function drawSeries({ points }: Series, index: number, x: Scale, y: Scale, area: Area): Markup {
  const { colour, dash } = strokeOf(index)
  const runs = unbroken(points, x, y).map((run) =>
    run.map(([px, py]) => [area.left + x.at(px) * area.width, area.top + (1 - y.at(py)) * area.height] as const),
  )
  const lines = runs.map((run) => {
    const d = run.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('')
    const pen = { stroke: colour, 'stroke-width': 2, 'stroke-linejoin': 'round', 'stroke-dasharray': dash }
    return element('path', { d, fill: 'none', ...pen })
  })
  const dots = runs
    .filter((run) => points.length <= FEW_POINTS || run.length === 1)
    .flatMap((run) => run.map(([cx, cy]) => element('circle', { cx, cy, r: 3, fill: colour })))
  return [...lines, ...dots].join('')
}

/** The stretches of points that have a place on both axes. */
function unbroken(points: Series['points'], x: Scale, y: Scale): Series['points'][] {
  const runs: (readonly [number, number])[][] = [[]]
  for (const point of points) {
    if (x.has(point[0]) && y.has(point[1])) runs.at(-1)?.push(point)
    else runs.push([])
  }
  return runs.filter((run) => run.length > 0)
}

function emptyNote({ left, top, width, height }: Area): Markup {
  return text('no data', {
    x: left + width / 2,
    y: top + height / 2 + 4,
    'text-anchor': 'middle',
    fill: FAINT_TEXT,
  })
}
