/** Okabe and Ito's colours, which people with any kind of colour blindness can tell apart, less the yellow that fades on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const
const DASHES = ['none', '6 3', '2 3', '9 3 2 3'] as const

export interface Stroke {
  readonly colour: string
  readonly dash: string
}

/** Colours first; the eighth series is the first one with a dash. */
export function strokeOf(series: number): Stroke {
  const colour = COLOURS[series % COLOURS.length] ?? COLOURS[0]
  const dash = DASHES[Math.floor(series / COLOURS.length) % DASHES.length] ?? DASHES[0]
  return { colour, dash }
}

export const EMPHASISED = COLOURS[0]
export const PLAIN = '#9aa5ad'
export const GRID = '#e3e6e8'
export const FRAME = '#8a9299'
export const FAINT_TEXT = '#555555'
