import type { App } from './app.js'
import type { PlanName } from './plans.js'
import type { SessionFleet } from './session-fleet.js'

/** A story that is told to every framework's server at the same time, and that must go the same way with each. */
export interface SessionCase {
  readonly name: string
  /** Default `cookie`. */
  readonly plan?: PlanName
  /** Asserts; what it sends and gets is compared besides. */
  readonly run: (app: App) => Promise<void>
}

/** A story told to all servers of a shared store in turns; it is told once. */
export interface SharedCase {
  readonly name: string
  readonly plan: PlanName
  readonly together: (apps: readonly App[]) => Promise<void>
}

/** Cases that belong together. */
export interface SessionTopic {
  readonly name: string
  readonly cases: readonly (SessionCase | SharedCase)[]
}

/** The same story with cookies and with bodies. */
export function inBothDeliveries(cases: readonly SessionCase[]): readonly SessionCase[] {
  return cases.flatMap((each) => [
    { ...each, name: `cookies: ${each.name}`, plan: 'cookie' as const },
    { ...each, name: `bodies: ${each.name}`, plan: 'body' as const },
  ])
}

/**
 * Runs a case against every server of a fleet.
 *
 * @returns what the first saw, after the others were found to have seen the same; undefined for a shared case
 */
export async function runSessionCase(each: SessionCase | SharedCase, fleet: SessionFleet): Promise<string | undefined> {
  const apps = fleet.apps()
  try {
    if ('together' in each) {
      await each.together(apps)
      return undefined
    }
    const endings = await Promise.allSettled(apps.map((app) => runOne(each, app)))
    for (const ending of endings) if (ending.status === 'rejected') throw ending.reason
    const [first, ...others] = apps.map((app) => ({ framework: app.framework, seen: app.transcript.toString() }))
    for (const { framework, seen } of others) {
      if (seen !== first?.seen) throw differ(framework, seen, first?.framework ?? '', first?.seen ?? '')
    }
    return first?.seen
  } finally {
    for (const app of apps) app.close()
  }
}

/** Two transcripts that should be equal, as an error that shows where they part. */
export function differ(name: string, seen: string, otherName: string, otherSeen: string): Error {
  const [ours, theirs] = [seen.split('\n'), otherSeen.split('\n')]
  const at = ours.findIndex((line, i) => line !== theirs[i])
  const around = (lines: readonly string[]): string => lines.slice(Math.max(0, at - 3), at + 4).join('\n')
  return new Error(`${name} differs from ${otherName}:\n${around(ours)}\n— not —\n${around(theirs)}`)
}

async function runOne({ run }: SessionCase, app: App): Promise<void> {
  try {
    await run(app)
  } catch (error) {
    app.giveUp(error)
    if (error instanceof Error) error.message = `[${app.framework}] ${error.message}`
    throw error
  }
}
