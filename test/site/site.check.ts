import { createRequire } from 'node:module'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, launchChromium } from '../browser/chromium.js'
import { needs } from '../servers/needs.js'
import { type BuiltSite, serveSite } from './built-site.js'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const kinds = [
  '/',
  '/start/fastify',
  '/guide/security-model',
  '/recipes/trpc',
  '/errors/',
  '/errors/token_rejected',
  '/reference/@latchkey/core/@latchkey/core/',
  '/reference/@latchkey/core/@latchkey/core/interfaces/IssuerOptions',
]

const looks = [375, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

let site: BuiltSite
let browser: Browser

beforeAll(async () => {
  site = await serveSite()
  if (chromiumMissing === undefined) browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site.stop()
})

interface Tab {
  readonly context: BrowserContext
  readonly page: Page
  /** What was asked of others than the site. */
  readonly elsewhere: readonly string[]
}

/** Opens a tab of that width. */
async function openTab(width: number, more: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce', ...more })
  const elsewhere: string[] = []
  context.on('request', (request) => {
    if (!request.url().startsWith(site.origin) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  return { context, page: await context.newPage(), elsewhere }
}

/** What axe-core finds on the page: each rule, and the first element. */
function findings(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.length + ' as ' + nodes[0].html.slice(0, 160)))`)
}

describe('the built site', needs(chromiumMissing), () => {
  test.each([375, 1280])('at %i px no page is wider, and none asks anybody else for anything', async (width) => {
    const { context, page, elsewhere } = await openTab(width, { javaScriptEnabled: false })
    const faults: string[] = []
    for (const path of site.pages) {
      await page.goto(`${site.origin}${path}`)
      const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (excess > 0) faults.push(`${path}: ${excess} px too wide`)
    }
    await context.close()
    expect(faults).toEqual([])
    expect(elsewhere).toEqual([])
  })

  test.each(['/start/', '/errors/'])(
    'at 375 px the tables of %s show their last column without a scroll',
    async (path) => {
      const { context, page } = await openTab(375)
      await page.goto(`${site.origin}${path}`)
      const excess = await page.evaluate<number[]>(
        `[...document.querySelectorAll('.vp-doc table')].map((table) => table.scrollWidth - table.clientWidth)`,
      )
      await context.close()
      expect(excess).toEqual([0])
    },
  )

  // Every look of one page of each kind; of the others one, since what differs there is the text.
  test.each(looks)('axe-core finds nothing at $width px in $colorScheme colours', async (look) => {
    const { context, page, elsewhere } = await openTab(look.width, { colorScheme: look.colorScheme })
    const others = site.pages.filter((path, index) => !kinds.includes(path) && looks[index % looks.length] === look)
    const faults: string[] = []
    for (const path of [...kinds, ...others]) {
      await page.goto(`${site.origin}${path}`)
      await page.addScriptTag({ path: axe })
      faults.push(...(await findings(page)).map((fault) => `${path}: ${fault}`))
    }
    await context.close()
    expect(faults).toEqual([])
    expect(elsewhere).toEqual([])
  })

  test.each([
    ['token_repeated', '/errors/token_repeated'],
    // Where an option is described.
    ['staleFor', '/reference/@latchkey/core/@latchkey/core/interfaces/KeySetOptions'],
    ['Entra', '/providers/entra'],
  ])('the search for %s leads to %s, offline', async (words, path) => {
    const { context, page, elsewhere } = await openTab(1280)
    await page.goto(site.origin)
    const input = page.locator('#localsearch-input')
    // Again until it is heard: nothing on the page shows that its script is there.
    const isOpened = async () => {
      await page.keyboard.press('/')
      return input.isVisible()
    }
    await expect.poll(isOpened, { timeout: 20_000 }).toBe(true)
    await input.fill(words)
    const links = page.locator('#localsearch-list a')
    await links.first().waitFor()
    const targets = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    await context.close()
    expect(targets.slice(0, 5).map((target) => target.split('#', 1)[0])).toContain(path)
    expect(elsewhere).toEqual([])
  })

  test.each(['/llms.txt', '/llms-full.txt', '/guide/key-rotation.md'])('%s is plain text', async (path) => {
    const response = await fetch(`${site.origin}${path}`)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('# ')
  })
})
