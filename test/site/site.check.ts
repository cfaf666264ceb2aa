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
  '/errors/',
  '/errors/token_rejected',
  '/reference/@latchkey/core/@latchkey/core/',
  '/reference/@latchkey/core/@latchkey/core/interfaces/IssuerOptions',
]

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

  // One page of each kind: what axe-core looks at is the theme's, and what Markdown can hold.
  test.each(kinds)('axe-core finds nothing on %s', async (path) => {
    const faults: string[] = []
    for (const width of [375, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { context, page, elsewhere } = await openTab(width, { colorScheme })
        await page.goto(`${site.origin}${path}`)
        await page.addScriptTag({ path: axe })
        faults.push(
          ...[...elsewhere, ...(await findings(page))].map((fault) => `${width} px, ${colorScheme}: ${fault}`),
        )
        await context.close()
      }
    }
    expect(faults).toEqual([])
  })

  test.each([
    ['token_repeated', '/errors/token_repeated'],
    ['staleFor', '/guide/key-rotation'],
    ['Entra', '/guide/providers'],
  ])('the search for %s leads to %s, offline', async (words, path) => {
    const { context, page, elsewhere } = await openTab(1280)
    await page.goto(site.origin)
    await page.keyboard.press('/')
    await page.locator('#localsearch-input').fill(words)
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
