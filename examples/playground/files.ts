import { readFileSync } from 'node:fs'

/** A file of a page, as it is served. */
export interface PageFile {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** The page of the three apps. It may frame the page of the other site, which is on the given port. */
export function pageFiles(otherSite: string): readonly PageFile[] {
  const framed = loopback(otherSite)
  return ['index.html', 'page.css', 'page.js', 'call.js', 'show.js', 'icon.svg'].map((name) =>
    readPageFile(name, `default-src 'none'; connect-src 'self'; frame-src ${framed}; frame-ancestors 'none'`),
  )
}

/** The page of the other site. It sends forms and requests to the apps and shows their responses. */
export function otherSiteFiles(): readonly PageFile[] {
  const apps = loopback('*')
  const policy = `default-src 'none'; connect-src ${apps}; frame-src ${apps}; form-action ${apps}; frame-ancestors ${apps}`
  return ['attacker.html', 'attacker.js', 'page.css', 'icon.svg'].map((name) => readPageFile(name, policy))
}

function readPageFile(name: string, policy: string): PageFile {
  const isStart = name.endsWith('.html')
  return {
    path: isStart ? '/' : `/${name}`,
    headers: {
      'content-type': types[name.slice(name.lastIndexOf('.') + 1)] ?? '',
      'content-security-policy': `${policy}; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    },
    // The folder is next to the compiled program, not inside it.
    body: readFileSync(new URL(`../page/${name}`, import.meta.url), 'utf8'),
  }
}

function loopback(port: string): string {
  return `http://localhost:${port} http://127.0.0.1:${port}`
}
