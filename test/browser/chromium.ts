import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { findProgram } from '../servers/program.js'

const path = findProgram('chromium', ['/usr/bin'])

/** Why there is no browser; undefined where there is one. For `needs`. */
export const chromiumMissing: string | undefined = path === undefined ? 'chromium is not installed' : undefined

export const chromiumPath: string = path ?? 'chromium'

/** Arguments with which a browser says nothing to anybody but this machine. */
export const quietly: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts a browser with a profile of its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...quietly] })
}

/** The cookies that the browser holds, by name. */
export async function cookiesOf(context: BrowserContext): Promise<Map<string, string>> {
  return new Map((await context.cookies()).map(({ name, value }) => [name, value]))
}
