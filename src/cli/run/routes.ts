import type { Dispatcher } from '../../index.js'
import { type Health, type HealthState, liveness, readiness } from './health.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the answers are made of. */
export interface Served {
  readonly health: HealthState
  /** null: it is still starting. */
  readonly dispatcher: Pick<Dispatcher, 'metrics'> | null
}

type Route = (served: Served) => Answer | Promise<Answer>

const ALLOWED = ['GET', 'HEAD']
/** Of Prometheus' text format. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const ROUTES = new Map<string, Route>([
  ['/livez', ({ health }) => healthAnswer(liveness(health))],
  ['/readyz', ({ health }) => healthAnswer(readiness(health))],
  ['/metrics', metricsAnswer],
])

/** Answers a request. @param target its path, perhaps with a query, which nothing depends on */
export async function answer(method: string, target: string, served: Served): Promise<Answer> {
  const [path = ''] = target.split('?', 1)
  const route = ROUTES.get(path)
  if (route === undefined) return json(404, { error: `not found; the paths are ${[...ROUTES.keys()].join(', ')}` })
  if (!ALLOWED.includes(method)) {
    const allow = ALLOWED.join(', ')
    return json(405, { error: `${path} answers ${allow} only` }, { allow })
  }
  return route(served)
}

function healthAnswer({ ok, missing }: Health): Answer {
  return ok ? json(200, { status: 'ok' }) : json(503, { status: 'failing', missing })
}

async function metricsAnswer({ dispatcher, health }: Served): Promise<Answer> {
  if (dispatcher === null) return healthAnswer(readiness(health))
  return { status: 200, headers: { 'content-type': METRICS_TYPE }, body: await dispatcher.metrics() }
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(body)}\n`,
  }
}
