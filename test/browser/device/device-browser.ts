import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { chromiumPath, quietly } from '../chromium.js'

/** Keys in software, which a machine without the hardware has as well; and no limit for so many signatures in some minutes. */
const bindsDevices = [
  '--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting,PersistDeviceBoundSessions',
  '--disable-features=DeviceBoundSessionsRefreshQuota',
]
const bindsNone = ['--disable-features=DeviceBoundSessions']

/** A browser with a new profile that is no incognito one: in those nothing is bound. */
export class DeviceBrowser {
  readonly context: BrowserContext
  readonly #profile: string

  private constructor(context: BrowserContext, profile: string) {
    this.context = context
    this.#profile = profile
  }

  /**
   * @param host the name that leads to this machine
   * @param home a home folder whose authorities it trusts
   * @param canBind false: a browser without the feature
   */
  static async start(host: string, home: string, canBind = true): Promise<DeviceBrowser> {
    const profile = mkdtempSync(join(tmpdir(), 'latchkey-profile-'))
    const features = canBind ? bindsDevices : bindsNone
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath,
      // Playwright's own headless mode is a shell without device-bound sessions.
      headless: false,
      env: { ...process.env, HOME: home },
      args: ['--headless=new', ...quietly, ...features, `--host-resolver-rules=MAP ${host} 127.0.0.1`],
    })
    return new DeviceBrowser(context, profile)
  }

  async stop(): Promise<void> {
    await this.context.close()
    rmSync(this.#profile, { recursive: true, force: true })
  }
}
