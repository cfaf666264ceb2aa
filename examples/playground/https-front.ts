import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { pipeline } from 'node:stream'
import { createServer } from 'node:tls'
import { portOf, type Running } from './listen.js'

/** A certificate that the browser trusts for the host name it uses, and the private key. Both are PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Reads the files that `TLS_CERT` and `TLS_KEY` name. Undefined unless both are set. */
export function readCertificate({ TLS_CERT, TLS_KEY }: NodeJS.ProcessEnv): Certificate | undefined {
  if (TLS_CERT === undefined || TLS_KEY === undefined) return undefined
  return { cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }
}

/** Serves an app over https as well, where browsers bind sessions to their device. Ends TLS and passes the bytes on. */
export async function startHttpsFront(certificate: Certificate, app: Running, port: number): Promise<Running> {
  const server = createServer(certificate, (socket) => {
    // When one side breaks off, the other is closed too. This is not an error.
    pipeline(socket, connect(Number(portOf(app)), '127.0.0.1'), socket, () => {})
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return { name: 'Over https', url: `https://127.0.0.1:${taken}`, stop: async () => void server.close() }
}
