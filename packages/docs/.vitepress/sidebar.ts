import type { DefaultTheme } from 'vitepress'

/** One page: its title and its path. */
function page(text: string, link: string): DefaultTheme.SidebarItem {
  return { text, link }
}

/** Every page that is written by hand, in the order in which a newcomer needs them. The reference has its own, generated. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      page('Which package?', '/start/'),
      page('Fastify', '/start/fastify'),
      page('Express', '/start/express'),
      page('Hono', '/start/hono'),
    ],
  },
]
