type StopSignal = 'SIGTERM' | 'SIGINT'

const STOP_SIGNALS: readonly StopSignal[] = ['SIGTERM', 'SIGINT']

export interface SignalHandlers {
  /** The first signal to stop. */
  stop(signal: StopSignal): void
  /** Another one. */
  stopNow(signal: StopSignal): void
  reload(): void
}

/** Listens to signals. @returns a function that ceases to */
export function onSignals(handlers: SignalHandlers): () => void {
  let isStopping = false
  const stop = (signal: NodeJS.Signals): void => {
    const stopSignal = signal as StopSignal
    if (isStopping) handlers.stopNow(stopSignal)
    else handlers.stop(stopSignal)
    isStopping = true
  }
  const reload = (): void => handlers.reload()
  for (const signal of STOP_SIGNALS) process.on(signal, stop)
  process.on('SIGHUP', reload)
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop)
    process.off('SIGHUP', reload)
  }
}
