import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Auth, ConfigError, requirementOf } from '@latchkey/core'
import {
  type Authenticate,
  answerUpgrade,
  createRequirement,
  denialOf,
  ignoreErrors,
  type Requirement,
  refuseUnknownOptions,
} from '@latchkey/core/adapter'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** What `upgrade` can be told. */
export interface UpgradeOptions {
  /** A guard of `requireAuth(options)`, whose requirement holds. Default: that of `requireAuth()`. */
  readonly guard?: object
  /** The Express app: its `trust proxy` decides about forwarded headers. Default: none count. */
  readonly app?: { readonly request: object }
}

/**
 * Decides about a request for an upgrade. A refusal is answered over HTTP, as a guard answers it, and the connection closed;
 * `onDeny` is not asked, since there is no response of Express. Who is calling is also kept for `getAuth(req)`.
 *
 * @param req the request, and `socket` its connection, as Node's `upgrade` event has them
 * @returns who is calling; null where the request was refused, or the client is gone. Rejects with ConfigError where the guard is
 * none of `requireAuth`, and with what the guard's own `check` throws, after a 500.
 */
export type ExpressUpgrade<Claims> = (
  req: IncomingMessage,
  socket: Duplex,
  options?: UpgradeOptions,
) => Promise<Auth<Claims> | null>

const anyToken = createRequirement(true, {})

/** Makes the guard of WebSockets. A refresh in passing is none of its parts: a 101 carries no cookies. */
export function createUpgrade<Claims>(
  authenticate: Authenticate<Claims>,
  keep: (req: GuardedRequest, auth: Auth<Claims>) => void,
  realm: string | undefined,
): ExpressUpgrade<Claims> {
  return async (req, socket, options = {}) => {
    ignoreErrors(socket)
    try {
      const requirement = readRequirement(options)
      // As Express itself does with a request that it takes in.
      if (options.app !== undefined) Object.setPrototypeOf(req, options.app.request)
      const decision = await authenticate(new ExpressRequestView(req), requirement)
      if (decision.allow && decision.auth !== null) {
        if (socket.destroyed) return null
        keep(req, decision.auth)
        return decision.auth
      }
      if (!decision.allow) {
        const { status, headers, body } = denialOf(decision.error, realm)
        const fields = Object.entries({ ...headers, ...decision.response?.headers })
        await answerUpgrade(socket, { status, headers: fields, body })
      }
      return null
    } catch (thrown) {
      await answerUpgrade(socket, { status: 500, headers: [], body: '' })
      throw thrown
    }
  }
}

function readRequirement(options: UpgradeOptions): Requirement {
  refuseUnknownOptions('upgrade', options, ['guard', 'app'])
  const requirement = options.guard === undefined ? anyToken : requirementOf(options.guard)
  if (requirement?.required === true) return requirement
  throw new ConfigError('upgrade: guard takes what requireAuth gives.')
}
