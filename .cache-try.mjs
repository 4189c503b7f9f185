import { createServer } from 'node:http'
import { spawn } from 'node:child_process'
import { startRedis } from './dist/test/support/redis.js'
import { createDispatcher } from './dist/src/index.js'
import { appWith } from './dist/test/support/dispatcher.js'
const redis = await startRedis()
let open=false; const got=new Set()
const server = createServer((q,r)=>{const c=[];q.on('data',d=>c.push(d));q.on('end',()=>{r.statusCode=open?200:503; if(open) for(const e of JSON.parse(Buffer.concat(c)).events) got.add(e.channel); r.end()})}).listen(0,'127.0.0.1')
await new Promise(r=>server.once('listening',r))
const url=`http://127.0.0.1:${server.address().port}/`
const log=(l)=>(f,m)=>console.log(Math.round(performance.now()),l,m,f.err?.message??'')
const d = await createDispatcher({queue:{driver:'redis'},dispatcher:{shards:1},apps:[appWith([{url,retry:{initial_backoff_ms:50,max_backoff_ms:200}}])]},{environment:{DATABASE_REDIS_PORT:String(redis.port)},logger:{info:log('i'),warn:log('w'),error:log('e')}})
const v = spawn(process.execPath,['dist/test/integration/redis-queue-process.js',String(redis.port),url,'300'],{stdio:['ignore','pipe','inherit']})
for await (const c of v.stdout) if(String(c).includes('persisted')) break
console.log(Math.round(performance.now()),'persisted'); v.kill('SIGKILL')
console.log(await redis.ask('KEYS','*'))
open=true
const t=setInterval(async()=>{console.log(Math.round(performance.now()),got.size,d.stats().storage??'', (await redis.ask('KEYS','*')).join(' '))},3000)
setTimeout(async()=>{clearInterval(t);await d.close({timeout:100});server.closeAllConnections();server.close();await redis.stop()},45000)
