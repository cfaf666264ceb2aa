import type { Auth } from '../auth.js'
import { ConfigError } from '../config-error.js'
import { denialOf } from '../denial.js'
import type { Authenticate, RequestView } from '../request-view.js'
import { createRequirement, type Requirement } from '../requirement/requirement.js'
import { requirementOf } from '../requirement/requirement-of.js'
import { answerUpgrade, ignoreErrors, type UpgradeSocket } from './answer-upgrade.js'

/** What guarding upgrades rests on. */
export interface UpgradeContext<Request, Claims> {
  readonly authenticate: Authenticate<Claims>
  view(request: Request): RequestView
  /** Keeps who is calling where `getAuth` finds it. */
  keep(request: Request, auth: Auth<Claims>): void
  readonly realm: string | undefined
}

/** Gives who is calling; null where the request was refused and answered, or the client is gone. */
export type GuardUpgrade<Request, Claims> = (
  request: Request,
  socket: UpgradeSocket,
  guard?: object,
) => Promise<Auth<Claims> | null>

const anyToken = createRequirement(true, {})

/**
 * The guard of upgrades for whoever has a bare connection in hand: what it refuses it answers over HTTP, as every guard does,
 * and closes the connection. It passes requests with an identity alone. Its part is never a refresh in passing: a 101 carries no
 * cookies.
 *
 * It rejects with ConfigError where the guard is none of `requireAuth`, and with what a guard's own `check` throws; the client gets
 * a 500 then.
 */
export function createUpgradeGuard<Request, Claims>(
  context: UpgradeContext<Request, Claims>,
): GuardUpgrade<Request, Claims> {
  return async (request, socket, guard) => {
    ignoreErrors(socket)
    try {
      const decision = await context.authenticate(context.view(request), upgradeRequirement(guard))
      if ('thrown' in decision) throw decision.thrown
      if (!decision.allow) {
        const { status, headers, body } = denialOf(decision.error, context.realm)
        const fields = Object.entries({ ...headers, ...decision.response?.headers })
        await answerUpgrade(socket, { status, headers: fields, body })
        return null
      }
      if (decision.auth === null || socket.destroyed) return null
      context.keep(request, decision.auth)
      return decision.auth
    } catch (thrown) {
      await answerUpgrade(socket, { status: 500, headers: [], body: '' })
      throw thrown
    }
  }
}

/**
 * What a guard asks of an upgrade; undefined stands for `requireAuth()`.
 *
 * @throws ConfigError where it is no guard of `requireAuth`
 */
export function upgradeRequirement(guard: object | undefined): Requirement {
  const requirement = guard === undefined ? anyToken : requirementOf(guard)
  if (requirement?.required === true) return requirement
  throw new ConfigError('upgrade: guard takes what requireAuth gives.')
}
