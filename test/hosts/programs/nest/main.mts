import 'reflect-metadata'
import { writeFileSync } from 'node:fs'
import { Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
// biome-ignore lint/style/useImportType: Nest reads the class from the constructor's metadata.
import { Dispatcher } from 'signpost'
import { startReceiver } from 'signpost/testing'
import { WebhooksModule } from './webhooks.mjs'

const receiver = await startReceiver({ pusher: [{ key: 'key', secret: 'secret' }], timeoutMs: 60_000 })
const webhook = { url: receiver.url, event_types: ['channel_occupied'] }
const config = {
  apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }],
  dispatcher: { shards: 1 },
}

writeFileSync('config.json', JSON.stringify(config))

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
