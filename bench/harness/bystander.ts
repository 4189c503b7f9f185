/** A process that does nothing: how late its event loop is tells what the machine, not the host's own work, makes of a load. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const histogram = monitorEventLoopDelay({ resolution: 1 })
process.on('message', (command: 'begin' | 'end') => {
  if (command === 'begin') {
    histogram.reset()
    histogram.enable()
    process.send?.(0)
  } else {
    histogram.disable()
    process.send?.(histogram.percentile(99) / 1e6)
  }
})
process.on('disconnect', () => process.exit())
