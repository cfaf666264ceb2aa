import { ConfigError } from '@latchkey/core'
import { startExpress } from './express.js'
import { startFastify } from './fastify.js'
import { startHono } from './hono.js'
import { startOtherSite } from './other-site.js'
import { choosePorts, type Ports, portTaken } from './ports.js'
import { startProvider } from './provider.js'
import { createShared } from './shared.js'
import { table } from './table.js'
import { obtainTokens } from './tokens.js'

async function start(ports: Ports, accessTokenTtl: number): Promise<void> {
  const provider = await startProvider(ports.provider)
  const otherSite = await startOtherSite(ports.otherSite)
  const shared = await createShared(provider, otherSite, accessTokenTtl)
  shared.apps.push(
    await startFastify(shared, ports.fastify),
    await startExpress(shared, ports.express),
    await startHono(shared, ports.hono),
  )
  let stopping = false
  const stop = () => {
    // A terminal and the package manager may each pass on the same Ctrl-C.
    if (stopping) return
    stopping = true
    void Promise.all([provider, otherSite, ...shared.apps].map((each) => each.stop())).then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  console.log(table(provider, shared, await obtainTokens(provider.url)))
}

try {
  await start(choosePorts(process.env['PORT']), Number(process.env['ACCESS_TOKEN_TTL'] ?? 30))
} catch (error) {
  const isAdvice = error instanceof RangeError || error instanceof ConfigError
  const advice = isAdvice ? error.message : portTaken(error)
  if (advice === undefined) throw error
  console.error(advice)
  process.exit(1)
}
