import type { Server } from 'node:http'
import type { Jwk } from '@latchkey/core'

/** What a server process is told: whose tokens it takes. */
export interface ServerContext {
  /** On loopback, with a metadata document, since some peers only take an issuer that they can ask. */
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
  readonly jwk: Jwk
  readonly pem: string
}

/** What a server process has done so far. */
export interface ServerCount {
  readonly requests: number
  /** When the last of them came, in milliseconds; `now` is the same clock. */
  readonly last: number
  readonly now: number
  /** Processor time used, in microseconds, of all its threads. */
  readonly processorTime: number
}

/** An app with one route, `GET /`, and whatever stands in front of it. */
export type MakeServer = (context: ServerContext) => Promise<Server>

/** What the route answers. */
export const hello = { hello: 'world' }
