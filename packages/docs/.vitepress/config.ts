import { existsSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitepress'
import llms from 'vitepress-plugin-llms'
import { sidebar } from './sidebar.js'

const generated = new URL('../reference/typedoc-sidebar.json', import.meta.url)

export default defineConfig({
  title: 'Latchkey',
  description: 'JWT authentication for Fastify, Express and Hono.',
  lang: 'en',
  cleanUrls: true,
  srcExclude: ['README.md'],
  // Nothing is loaded from elsewhere: the system's fonts, the local search, no analytics.
  head: [['meta', { name: 'color-scheme', content: 'light dark' }]],
  vite: { plugins: [llms({ domain: '', ignoreFiles: ['reference/**'] })] },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start/', activeMatch: '/start/' },
      { text: 'Guides', link: '/guide/scopes-and-roles', activeMatch: '/guide/' },
      { text: 'Errors', link: '/errors/', activeMatch: '/errors/' },
      { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
    ],
    sidebar: {
      '/reference/': existsSync(generated) ? JSON.parse(readFileSync(generated, 'utf8')) : [],
      '/': sidebar,
    },
  },
})
