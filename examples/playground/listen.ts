import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that listens on loopback until it is stopped. */
export interface Running {
  readonly name: string
  readonly url: string
  stop(): Promise<void>
}

/** Listens on loopback. Port 0 picks any free one. Rejects with `EADDRINUSE` if the port is taken. */
export async function listen(name: string, server: Server, port: number): Promise<Running> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The port a server listens on. */
export function portOf({ url }: Running): string {
  return new URL(url).port
}
