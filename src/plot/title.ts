import { type Markup, text } from './svg.js'
import { textWidth } from './text-width.js'

/** Room at the left and the right of a chart, in px. */
export const EDGE = 24

const FONT_SIZE = 15
const BASELINE = 28

/** A chart's title, at its top. */
export function titleText(title: string): Markup {
  return text(title, { x: EDGE, y: BASELINE, 'font-size': FONT_SIZE, 'font-weight': 'bold' })
}

/** How wide a chart must be for its title, in px. */
export function titleWidth(title: string): number {
  return textWidth(title, FONT_SIZE) + 2 * EDGE
}
