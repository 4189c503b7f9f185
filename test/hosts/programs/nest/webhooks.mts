import { Module, type OnApplicationShutdown } from '@nestjs/common'
import { createDispatcher, Dispatcher } from 'signpost'

@Module({
  providers: [{ provide: Dispatcher, useFactory: () => createDispatcher('config.json') }],
  exports: [Dispatcher],
})
export class WebhooksModule implements OnApplicationShutdown {
  constructor(private readonly dispatcher: Dispatcher) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.close({ timeout: 60_000 })
  }
}
