import { existsSync, readFileSync } from 'node:fs'
import { type DefaultTheme, defineConfig } from 'vitepress'
import llms from 'vitepress-plugin-llms'
import { sidebar } from './sidebar.js'

const generated = new URL('../reference/typedoc-sidebar.json', import.meta.url)
const reference: DefaultTheme.SidebarItem[] = existsSync(generated) ? JSON.parse(readFileSync(generated, 'utf8')) : []

/** A link alone, without what is below it. */
function linked({ text, link }: DefaultTheme.SidebarItem): DefaultTheme.SidebarItem {
  return { text, link }
}

/** The doors below: a package, or what it holds where it has several. */
function doorsOf(item: DefaultTheme.SidebarItem): DefaultTheme.SidebarItem[] {
  const doors = item.items?.filter(({ link }) => link?.endsWith('/')) ?? []
  return doors.length === 0 ? [item] : doors
}

/** Beside a page of the reference: what is behind the same door, and links to the others. All names at once are 500. */
function referenceSidebar(packages: readonly DefaultTheme.SidebarItem[]): DefaultTheme.SidebarMulti {
  const doors = packages.flatMap(doorsOf)
  const all = { text: 'Reference', link: '/reference/', items: doors.map(linked) }
  const of = (door: DefaultTheme.SidebarItem) => [opened({ ...door, collapsed: false }), all]
  return Object.fromEntries([['/reference/', [all]], ...doors.map((door) => [door.link, of(door)])])
}

/**
 * A group without a page of its own stays open: one that opens by a click is a button within a button, which no screen reader
 * can tell.
 */
function opened({ collapsed, ...item }: DefaultTheme.SidebarItem): DefaultTheme.SidebarItem {
  const items = item.items?.map(opened)
  const open = items === undefined ? item : { ...item, items }
  return item.link === undefined || collapsed === undefined ? open : { ...open, collapsed }
}

// White on the theme's own brand colour narrowly misses the contrast that WCAG requires, and the language of a code block misses
// it by far. The search button's name leaves out the hint at its key. The line under a link stays clear of the underscores in
// `token_missing`.
// On a narrow screen, long code names break, so that a table shows its last column.
const style = [
  ':root:not(.dark) { --vp-c-brand-3: #3a5ccc }',
  ':root { --vp-code-lang-color: var(--vp-c-text-2) }',
  '.DocSearch-Button-Keys { display: none !important }',
  '.vp-doc a { text-underline-offset: 5px }',
  '@media (max-width: 640px) { .vp-doc :is(th, td) { padding: 6px 8px } }',
  '@media (max-width: 640px) { .vp-doc td:has(code) { min-width: 132px } .vp-doc td code { overflow-wrap: anywhere } }',
].join(' ')

export default defineConfig({
  title: 'Latchkey',
  description: 'JWT authentication for Fastify, Express and Hono.',
  lang: 'en',
  cleanUrls: true,
  srcExclude: ['README.md'],
  // Nothing is loaded from elsewhere: the system's fonts, the local search, no analytics.
  head: [
    ['meta', { name: 'color-scheme', content: 'light dark' }],
    ['style', {}, style],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  // The text for language models has the pages that are written by hand, so it takes their sidebar alone.
  vite: { plugins: [llms({ domain: '', ignoreFiles: ['reference/**'], sidebar })] },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start/', activeMatch: '/start/' },
      { text: 'Guides', link: '/guide/scopes-and-roles', activeMatch: '/guide/' },
      { text: 'Recipes', link: '/recipes/', activeMatch: '/recipes/' },
      { text: 'Errors', link: '/errors/', activeMatch: '/errors/' },
      { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
    ],
    sidebar: {
      ...referenceSidebar(reference),
      '/': sidebar,
    },
  },
})
