import type { Auth } from '../auth.js'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { denialOf } from '../denial.js'
import type { Authenticate, RequestView } from '../request-view.js'
import { createRequirement, type Requirement } from '../requirement/requirement.js'
import { requirementOf } from '../requirement/requirement-of.js'
import { answerUpgrade, ignoreErrors, type UpgradeSocket } from './answer-upgrade.js'
import { type NodeRequest, NodeRequestView } from './node-request-view.js'

/** What `createUpgradeGuard` needs from an adapter. */
export interface UpgradeContext<Request, Claims, Options> {
  readonly authenticate: Authenticate<Claims>
  /** The names of the options that `upgrade` takes. Default: `guard`. */
  readonly known?: Readonly<Record<string, true>>
  /** Default: the view of a request of plain Node, which ignores forwarded headers. */
  view?(request: Request, options: Options | undefined): RequestView
  /** Stores who is calling where `getAuth` finds it. */
  keep(request: Request, auth: Auth<Claims>): void
  readonly realm: string | undefined
}

/** Options of `upgrade`. */
export interface UpgradeOptions {
  /** A guard that `requireAuth` made. The upgrade must meet its requirement. Default: `requireAuth()`. */
  readonly guard?: object | undefined
}

/**
 * Guards a request for an upgrade. It answers a refused one over HTTP, as a guard does, and closes the connection. It does not
 * call `onDeny`, because there is no response of the framework. Afterwards `getAuth(request)` gives who is calling too.
 *
 * @param request the request, from Node's `upgrade` event
 * @param socket the connection, from the same event
 * @returns who is calling; null if the request was refused or the client has gone
 * @throws ConfigError for a wrong option, or what the guard's own `check` throws, as rejections. The client then gets a 500.
 */
export type GuardUpgrade<Request, Claims, Options = UpgradeOptions> = (
  request: Request,
  socket: UpgradeSocket,
  options?: Options,
) => Promise<Auth<Claims> | null>

const anyToken = createRequirement(true, {})

/**
 * Makes the guard of upgrades for apps that hold a bare connection. It answers a refused request over HTTP, as every guard
 * does, and closes the connection. It passes only requests with an identity. It never refreshes a session, because a 101
 * response carries no cookies. Nor does it bring a `DPoP-Nonce` that is due: the client gets it with its next request.
 */
export function createUpgradeGuard<
  Request extends NodeRequest,
  Claims,
  Options extends UpgradeOptions = UpgradeOptions,
>(context: UpgradeContext<Request, Claims, Options>): GuardUpgrade<Request, Claims, Options> {
  const { known = { guard: true }, view = (request) => new NodeRequestView(request, request) } = context
  return async (request, socket, options) => {
    ignoreErrors(socket)
    // Fields for any answer, such as a DPoP-Nonce that is due, also if the app's check throws.
    let due: Readonly<Record<string, string>> = {}
    try {
      if (options !== undefined) refuseUnknownOptions<object>('upgrade', options, known)
      const decision = await context.authenticate(view(request, options), upgradeRequirement(options?.guard))
      due = decision.response?.headers ?? {}
      if ('thrown' in decision) throw decision.thrown
      if (!decision.allow) {
        const { status, headers, body } = denialOf(decision.error, context.realm)
        await answerUpgrade(socket, { status, headers: Object.entries({ ...headers, ...due }), body })
        return null
      }
      if (decision.auth === null || socket.destroyed) return null
      context.keep(request, decision.auth)
      return decision.auth
    } catch (thrown) {
      await answerUpgrade(socket, { status: 500, headers: Object.entries(due), body: '' })
      throw thrown
    }
  }
}

/**
 * Gives what a guard requires of an upgrade.
 *
 * @param guard made by `requireAuth`; undefined means `requireAuth()` without options
 * @throws ConfigError if the guard was not made by `requireAuth`
 */
export function upgradeRequirement(guard: object | undefined): Requirement {
  const requirement = guard === undefined ? anyToken : requirementOf(guard)
  if (requirement?.required === true) return requirement
  throw new ConfigError('upgrade: guard must be made with requireAuth.')
}
