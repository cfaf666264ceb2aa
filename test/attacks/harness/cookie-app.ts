import { createKeyring, createSessions } from '@latchkey/session'
import { createManualClock } from '@latchkey/testing'
import { onTestFinished } from 'vitest'
import { adapterApps } from '../../adapters/apps/index.js'

/** An app with sessions in cookies that listens, and what its library has reported. */
export interface CookieApp {
  readonly url: string
  readonly events: readonly { readonly type: string }[]
  advance(seconds: number): void
}

/** Starts the app of the adapter contract for the running test, without a grace: a token that comes twice ends the session. */
export async function startCookieApp(framework: string): Promise<CookieApp> {
  const serve = adapterApps[framework]
  if (serve === undefined) throw new Error(`There is no app on ${framework}.`)
  const clock = createManualClock()
  const events: { readonly type: string }[] = []
  const sessions = createSessions({
    keyring: await createKeyring(),
    issuer: 'https://app.example',
    audience: 'https://app.example',
    reuseGrace: 0,
    clock,
    onEvent: (event) => void events.push(event),
  })
  const { url, close } = await serve(sessions)
  onTestFinished(close)
  return { url, events, advance: (seconds) => clock.advance(seconds) }
}

export const cookieFrameworks: readonly string[] = Object.keys(adapterApps)
