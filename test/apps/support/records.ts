/** A record as Sockudo writes it since version 4. */
export function record(id: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { id, key: `key-of-${id}`, secret: `secret-of-${id}`, enabled: true, policy: null, webhooks: null, ...more }
}

/** As they are stored. */
export function webhooks(...urls: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  return urls.map((url) => ({ url, event_types: ['channel_occupied', 'member_added', 'client_event'] }))
}
