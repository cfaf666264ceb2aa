import { createServer } from 'node:http'
import { otherSiteFiles } from './files.js'
import { listen, type Running } from './listen.js'

/**
 * Serves the page of an attacker. Opened as 127.0.0.1 it is a different site from the apps on localhost. Opened as localhost it
 * is another origin of the same site, whose requests do carry the cookies.
 */
export function startOtherSite(port: number): Promise<Running> {
  const files = new Map(otherSiteFiles().map((file) => [file.path, file]))
  const server = createServer((request, response) => {
    const file = files.get(request.url?.split('?', 1)[0] ?? '')
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, file.headers).end(file.body)
  })
  return listen('Another site', server, port)
}
