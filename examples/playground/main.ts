import { ConfigError } from '@latchkey/core'
import { startExpress } from './express.js'
import { startFastify } from './fastify.js'
import { startHono } from './hono.js'
import { type Certificate, readCertificate, startHttpsFront } from './https-front.js'
import { startOtherSite } from './other-site.js'
import { choosePorts, type Ports, portTaken } from './ports.js'
import { startProvider } from './provider.js'
import { createShared } from './shared.js'
import { table } from './table.js'
import { obtainTokens } from './tokens.js'

async function start(ports: Ports, accessTokenTtl: number, certificate: Certificate | undefined): Promise<void> {
  const provider = await startProvider(ports.provider)
  const otherSite = await startOtherSite(ports.otherSite)
  const shared = await createShared(provider, otherSite, accessTokenTtl, certificate !== undefined)
  shared.apps.push(
    await startFastify(shared, ports.fastify),
    await startExpress(shared, ports.express),
    await startHono(shared, ports.hono),
  )
  const [fastify] = shared.apps
  if (certificate !== undefined && fastify !== undefined) {
    shared.fronts.push(await startHttpsFront(certificate, fastify, ports.https))
  }
  let stopping = false
  const stop = () => {
    // The terminal and the package manager may both pass on the same Ctrl-C.
    if (stopping) return
    stopping = true
    void Promise.all([provider, otherSite, ...shared.fronts, ...shared.apps].map((each) => each.stop())).then(() =>
      process.exit(0),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  console.log(table(provider, shared, await obtainTokens(provider.url)))
}

try {
  const certificate = readCertificate(process.env)
  // A browser signs for a bound session only about six times within a few minutes.
  const accessTokenTtl = process.env['ACCESS_TOKEN_TTL'] ?? (certificate === undefined ? 30 : 120)
  await start(choosePorts(process.env['PORT']), Number(accessTokenTtl), certificate)
} catch (error) {
  const isAdvice = error instanceof RangeError || error instanceof ConfigError
  const advice = isAdvice ? error.message : portTaken(error)
  if (advice === undefined) throw error
  console.error(advice)
  process.exit(1)
}
