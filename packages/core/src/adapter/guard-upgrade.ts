import type { Auth } from '../auth.js'
import { ConfigError } from '../config-error.js'
import { denialOf } from '../denial.js'
import type { Authenticate, RequestView } from '../request-view.js'
import { createRequirement, type Requirement } from '../requirement/requirement.js'
import { requirementOf } from '../requirement/requirement-of.js'
import { answerUpgrade, ignoreErrors, type UpgradeSocket } from './answer-upgrade.js'

/** What `createUpgradeGuard` needs from an adapter. */
export interface UpgradeContext<Request, Claims> {
  readonly authenticate: Authenticate<Claims>
  view(request: Request): RequestView
  /** Stores who is calling where `getAuth` finds it. */
  keep(request: Request, auth: Auth<Claims>): void
  readonly realm: string | undefined
}

/**
 * Guards one upgrade. Gives who is calling, or null if the request was refused and answered, or if the client has gone.
 * Rejects with ConfigError if `guard` was not made by `requireAuth`; default: `requireAuth()` without options.
 */
export type GuardUpgrade<Request, Claims> = (
  request: Request,
  socket: UpgradeSocket,
  guard?: object,
) => Promise<Auth<Claims> | null>

const anyToken = createRequirement(true, {})

/**
 * Makes the guard of upgrades for apps that hold a bare connection. It answers a refused request over HTTP, as every guard
 * does, and closes the connection. It passes only requests with an identity. It never refreshes a session, because a 101
 * response carries no cookies. Nor does it bring a `DPoP-Nonce` that is due: the client gets it with its next request.
 *
 * The guard rejects with ConfigError if it is given something that `requireAuth` did not make. It also rejects with whatever a
 * guard's own `check` throws; the client then gets a 500.
 */
export function createUpgradeGuard<Request, Claims>(
  context: UpgradeContext<Request, Claims>,
): GuardUpgrade<Request, Claims> {
  return async (request, socket, guard) => {
    ignoreErrors(socket)
    // Fields for any answer, such as a DPoP-Nonce that is due, also if the app's check throws.
    let due: Readonly<Record<string, string>> = {}
    try {
      const decision = await context.authenticate(context.view(request), upgradeRequirement(guard))
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
