/**
 * Calls what belongs to the host, a listener or a logger. What it throws becomes an uncaught exception, as it would if Node
 * had called it, and stops nothing here.
 */
export function callHost(call: () => void): void {
  try {
    call()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
