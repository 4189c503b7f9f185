interface Envelope {
  readonly time_ms: number
  readonly events: readonly { readonly name: string; readonly channel?: string; readonly user_id?: string }[]
}

interface Context {
  /** Present with `RequestResponse` only. */
  readonly clientContext?: { readonly custom?: Readonly<Record<string, string>> }
}

export async function handler({ events }: Envelope, { clientContext }: Context): Promise<void> {
  const id = clientContext?.custom?.['webhook-id'] ?? 'unknown'
  for (const { name, channel, user_id } of events) console.log(id, name, channel, user_id)
}
