import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { Program } from '../servers/program.js'

const main = fileURLToPath(new URL('../../examples/playground/dist/main.js', import.meta.url))

/** The playground's three apps, running. */
export class Playground {
  readonly #program: Program
  /** The page's address by framework. */
  readonly #pages: ReadonlyMap<string, string>

  private constructor(program: Program, pages: ReadonlyMap<string, string>) {
    this.#program = program
    this.#pages = pages
  }

  /**
   * @param accessTokenTtl seconds that an access token lives
   * @param others further settings, `NAME=value` each
   */
  static async start(accessTokenTtl: number, others: readonly string[] = []): Promise<Playground> {
    const settings = ['PORT=0', `ACCESS_TOKEN_TTL=${accessTokenTtl}`, ...others]
    const program = new Program('env', [...settings, process.execPath, main])
    const pages = await program.until(async () => {
      if (!program.output.includes('Ctrl-C')) throw new Error('It has not printed everything yet.')
      const places = program.output.matchAll(/^ {2}(?<name>\w+) +http:\/\/127\.0\.0\.1:(?<port>\d+)$/gm)
      return [...places].map(({ groups }): [string, string] => [
        groups?.['name'] ?? '',
        `http://localhost:${groups?.['port']}`,
      ])
    })
    return new Playground(program, new Map(pages))
  }

  /** Where https is, under that name. */
  httpsUrl(host: string): string {
    return `https://${host}:${/https:\/\/127\.0\.0\.1:(\d+)/.exec(this.#program.output)?.[1]}`
  }

  /** Where the page of that framework is. */
  url(framework: string): string {
    return this.#pages.get(framework) ?? `no page of ${framework}`
  }

  /** Opens the page in a new tab and waits until it follows the events. */
  async open(context: BrowserContext, framework: string): Promise<Tab> {
    const page = await context.newPage()
    return this.openAt(page, this.url(framework))
  }

  /** Opens the page at another address of it. */
  async openAt(page: Page, url: string): Promise<Tab> {
    await page.goto(url)
    await page.locator('#live', { hasText: 'live' }).waitFor()
    return new Tab(page)
  }

  async stop(): Promise<void> {
    await this.#program.signal('SIGTERM')
  }
}

/** An event of the library, as the page shows it. */
export interface ShownEvent {
  readonly type: string
  readonly session?: string
  readonly code?: string
  readonly reason?: string
  readonly repeated?: boolean
}

/** The page in one tab, used as a person would. */
export class Tab {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click()
  }

  async logIn(user: string): Promise<void> {
    await this.page.getByLabel('User name').fill(user)
    await this.press('Log in')
    await this.page.locator('#session').waitFor()
  }

  /** Waits until the page shows a session whose access token lives, has expired, or none. */
  async waitFor(state: 'in' | 'expired' | 'out'): Promise<void> {
    await this.page.locator(`body[data-state=${state}]`).waitFor()
  }

  /** Presses the button of a route, and gives the answers on the way: `GET /me 401 token_missing`, … */
  async call(route: string): Promise<readonly string[]> {
    await this.page.evaluate("document.getElementById('answer').replaceChildren()")
    await this.press(route)
    const lines = this.page.locator('#answer .step > p:first-child')
    await lines.last().waitFor()
    return lines.allTextContents()
  }

  /** Sends a request from the page's own script, and gives the status. */
  status(method: string, path: string): Promise<number> {
    return this.page.evaluate(async ([method, path]) => (await fetch(path, { method })).status, [method, path] as const)
  }

  /** The id of the session; null for none. */
  async session(): Promise<string | null> {
    const shown = await this.page.evaluate(async () => (await fetch('/session')).text())
    return JSON.parse(shown).sid ?? null
  }

  /** The events shown so far, newest first. */
  async events(): Promise<readonly ShownEvent[]> {
    const items = "[...document.getElementById('events').children]"
    const shown: string[] = await this.page.evaluate(`${items}.map((item) => item.dataset.event)`)
    return shown.map((event) => JSON.parse(event))
  }

  /** Waits until such an event is shown. */
  async sees(text: string): Promise<void> {
    await this.page.locator('#events li', { hasText: text }).first().waitFor()
  }
}
