import { defineWebSocketHelper, WSContext } from 'hono/ws'
import { type Contract, readContract } from './config.js'
import { fetchApp } from './fetch.js'
import { openOnWorkerd } from './fetch-sockets.js'
import { honoApp } from './hono.js'
import type { FetchApp } from './listen.js'

/** Replaces Hono's helper for Workers, which does not tell when a socket is open. */
const upgradeWebSocket = defineWebSocketHelper((c, events) => {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') return
  return openOnWorkerd(c.req.raw, [], (peer) => {
    const socket = new WSContext({
      send: (data) => void peer.send(String(data)),
      close: (code = 1000) => void peer.close(code),
      readyState: 1,
    })
    events.onOpen?.(new Event('open'), socket)
    return {
      message: (data) => events.onMessage?.(new MessageEvent('message', { data: String(data) }), socket),
      closed: () => events.onClose?.(Object.assign(new Event('close'), closing), socket),
    }
  })
})

const closing = { code: 1000, reason: '', wasClean: true }

const frameworks = new Map<string, (contract: Contract) => FetchApp>([
  ['fetch', (contract) => fetchApp(contract, openOnWorkerd)],
  ['hono', (contract) => honoApp(contract, upgradeWebSocket)],
])

interface Bindings {
  readonly FRAMEWORK: string
}

let app: FetchApp | undefined

/**
 * Builds the app on the request that Node sends before it reports the server as ready: a Worker may not generate random numbers
 * any earlier.
 */
export const start = {
  async fetch(_request: Request, { FRAMEWORK }: Bindings): Promise<Response> {
    try {
      const contract = await readContract('/bundle/config.json')
      if (contract.waitForKeys) await contract.verifier.ready()
      app = frameworks.get(FRAMEWORK)?.(contract)
      return new Response(
        app === undefined ? `ConfigError: On workerd name ${[...frameworks.keys()].join(' or ')}.` : '',
      )
    } catch (error) {
      return new Response(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }
  },
}

/** The contract server as a Worker. */
export default {
  fetch: (request: Request, env: object, context: object): ReturnType<FetchApp['fetch']> =>
    app === undefined ? new Response('not started', { status: 500 }) : app.fetch(request, env, context),
}
