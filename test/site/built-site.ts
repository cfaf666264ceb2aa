import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { close, listen } from '../servers/listen.js'

const folder = fileURLToPath(new URL('../../packages/docs/.vitepress/dist', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
}

/** The built site on a port of its own, with paths as a static host serves them: `/guide/cors` is `guide/cors.html`. */
export interface BuiltSite {
  readonly origin: string
  /** Every page's path; of the generated reference the page of each door, and one of each kind. */
  readonly pages: readonly string[]
  stop(): Promise<void>
}

/** @throws Error where the site is not built */
export async function serveSite(): Promise<BuiltSite> {
  if (!existsSync(join(folder, 'index.html'))) throw new Error('Build the site first: npx -y pnpm@10 run docs')
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    const base = join(folder, normalize(decodeURIComponent(pathname)))
    const file = [base, `${base}.html`, join(base, 'index.html')].find(
      (path) => extname(path) !== '' && existsSync(path),
    )
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': types[extname(file ?? '')] ?? 'text/html' })
    response.end(await readFile(file ?? join(folder, '404.html')))
  })
  const port = await listen(server)
  return { origin: `http://127.0.0.1:${port}`, pages: await pagesOf(), stop: () => close(server) }
}

async function pagesOf(): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.html')).sort()
  const paths = files.map((file) => `/${file.replace(/(?:index)?\.html$/, '')}`).filter((path) => path !== '/404')
  const written = paths.filter((path) => !path.startsWith('/reference/'))
  const doors = paths.filter((path) => path.startsWith('/reference/') && path.endsWith('/'))
  const kinds = new Map(paths.flatMap((path) => kindOf(path)?.map((kind) => [kind, path] as const) ?? []))
  return [...written, ...doors, ...kinds.values()]
}

/** `classes`, `functions`, … for a page of the reference about one name. */
function kindOf(path: string): string[] | undefined {
  return /^\/reference\/.*\/([\w-]+)\/\w+$/.exec(path)?.slice(1)
}
