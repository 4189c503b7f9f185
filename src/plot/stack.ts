import { svgDocument } from './svg.js'

const SIZE = /^<svg width="(?<width>[\d.]+)" height="(?<height>[\d.]+)"/

/**
 * One document with all charts, each below the one before.
 * @param charts what `lineChart`, `barChart` or this returned
 * @throws TypeError when one of them is something else
 */
export function stackCharts(charts: readonly string[], title = ''): string {
  let width = 0
  let height = 0
  const placed = charts.map((chart) => {
    const size = SIZE.exec(chart)?.groups
    if (size === undefined) throw new TypeError('stackCharts takes the documents that the charts of this folder return')
    const at = `<svg y="${height}"${chart.slice('<svg'.length)}`
    width = Math.max(width, Number(size.width))
    height += Number(size.height)
    return at
  })
  return svgDocument(title, width, height, ...placed)
}
