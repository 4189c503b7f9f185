import 'reflect-metadata'
import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createDispatcher, Dispatcher } from 'signpost'
import { startReceiver } from 'signpost/testing'

const receiver = await startReceiver({ pusher: [{ key: 'key', secret: 'secret' }], timeoutMs: 60_000 })
const webhook = { url: receiver.url, event_types: ['channel_occupied'] }
const config = {
  apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }],
  dispatcher: { shards: 1 },
}

@Module({
  providers: [{ provide: Dispatcher, useFactory: () => createDispatcher(config) }],
  exports: [Dispatcher],
})
class WebhooksModule implements OnApplicationShutdown {
  constructor(private readonly dispatcher: Dispatcher) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.close({ timeout: 60_000 })
  }
}

@Injectable()
class Rooms {
  constructor(private readonly dispatcher: Dispatcher) {}

  open(room: string): boolean {
    return this.dispatcher.app('app').channelOccupied(room)
  }
}

@Module({ imports: [WebhooksModule], providers: [Rooms] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: false })
app.get(Rooms).open('room')
await app.close()
console.log(`delivered ${receiver.received.map(({ name }) => name).join()}`)
await receiver.close()
