import { afterAll, beforeAll } from 'vitest'
import type { ServerPlan } from './configurations.js'
import { Fleet } from './fleet.js'
import { IssuerServer } from './issuer-server.js'

/** The servers of one plan and their issuers; there from the first test of the file on. */
export interface UsedFleet {
  readonly fleet: Fleet
  readonly issuers: IssuerServer
}

/** Starts the servers of a plan before the tests of a file, and stops them after. */
export function useFleet(plan: ServerPlan): UsedFleet {
  let used: UsedFleet | undefined

  beforeAll(async () => {
    const issuers = await IssuerServer.start()
    used = { issuers, fleet: await Fleet.start(plan, issuers) }
  }, 60_000)

  afterAll(async () => {
    await used?.fleet.stop()
    await used?.issuers.stop()
  }, 60_000)

  const started = (): UsedFleet => {
    if (used === undefined) throw new Error('The servers are there in tests alone.')
    return used
  }
  return {
    get fleet() {
      return started().fleet
    },
    get issuers() {
      return started().issuers
    },
  }
}
