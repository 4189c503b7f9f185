import type { z } from 'zod'
import type { app } from './schema/app.js'
import type { config } from './schema/config.js'
import type { webhook } from './schema/webhook.js'

/** What is written, after the schema: types as they should be, defaults not merged yet. */
export type ParsedConfig = z.output<typeof config>
export type ParsedApp = z.output<typeof app>
export type ParsedWebhook = z.output<typeof webhook>
