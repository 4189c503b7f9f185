/** A process that does nothing: how late its event loop is tells what the machine, not the host's own work, makes of a load. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const histogram = monitorEventLoopDelay({ resolution: 1 })
histogram.enable()
process.on('message', () => {
  process.send?.(histogram.percentile(99) / 1e6)
  histogram.reset()
})
process.on('disconnect', () => process.exit())
