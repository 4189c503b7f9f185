/** What the secret of a Standard Webhook looks like, for the configuration, senders and receivers. Receivers run where there is no Node. */

export const SECRET_PREFIX = 'whsec_'

/** `whsec_` and padded base64 of at least one byte. */
export const WHSEC_SECRET = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/
