import type { z } from 'zod'
import type { app } from './schema/app.js'
import type { config } from './schema/config.js'
import type { webhook } from './schema/webhook.js'

/** A configuration as it is written: the shape of Sockudo's `config.json`. */
export type ConfigInput = z.input<typeof config>

/** An app as it is written. */
export type AppInput = z.input<typeof app>

/** A webhook as it is written. */
export type WebhookInput = z.input<typeof webhook>

/** The same after the schema: types as they should be, defaults not merged yet. */
export type ParsedConfig = z.output<typeof config>
export type ParsedApp = z.output<typeof app>
export type ParsedWebhook = z.output<typeof webhook>
