import { createVerifier } from '@latchkey/core'
import { startExpress, startFastify, startHono } from './apps.js'
import { choosePorts, type Ports, portTaken } from './ports.js'
import { api, startProvider } from './provider.js'
import { table } from './table.js'
import { obtainTokens } from './tokens.js'

async function start(ports: Ports): Promise<void> {
  const provider = await startProvider(ports.provider)
  const verifier = createVerifier({
    issuer: provider.url,
    audience: api,
    tokenFrom: ['header', { cookie: '__Host-access' }],
  })
  const apps = [
    await startFastify(verifier, ports.fastify),
    await startExpress(verifier, ports.express),
    await startHono(verifier, ports.hono),
  ]
  let stopping = false
  const stop = () => {
    // A terminal and the package manager may each pass on the same Ctrl-C.
    if (stopping) return
    stopping = true
    void Promise.all([provider, ...apps].map((each) => each.stop())).then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  console.log(table(provider, apps, await obtainTokens(provider.url)))
}

try {
  await start(choosePorts(process.env['PORT']))
} catch (error) {
  const advice = error instanceof RangeError ? error.message : portTaken(error)
  if (advice === undefined) throw error
  console.error(advice)
  process.exit(1)
}
