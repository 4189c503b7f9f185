import { createServer } from 'node:http'
import type { Dispatcher } from 'signpost'

/** Serves `/metrics` for Prometheus on a port that only your network reaches. */
export function serveMetrics(dispatcher: Dispatcher, port: number) {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(await dispatcher.metrics())
  })
  return server.listen(port)
}
