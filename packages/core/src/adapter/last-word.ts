import type { ResponseCookie } from '../response.js'
import { serializeCookie, settleCookies } from './set-cookie.js'

/** As much of Node's response (`http`, `https`, `http2`) as a last word needs. */
export interface NodeResponse {
  readonly headersSent: boolean
  getHeader(name: string): unknown
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): void
  writeHead(...input: never[]): unknown
}

/** Fields that tell a cache to keep a response; some caches prefer theirs to `Cache-Control` (RFC 9213). */
export const cacheFields: readonly string[] = ['cdn-cache-control', 'surrogate-control']

/**
 * Keeps a response that carries tokens out of every cache, whatever handlers and hooks say until its head is written, and
 * settles its cookies then. A shared cache that kept such a response would sign the next visitor in as this one.
 *
 * @param ours the cookies of a refresh in passing, which the handler may overrule; none where a verb answers
 */
export function keepFromCaches(response: NodeResponse, ours: readonly ResponseCookie[] = []): void {
  const { writeHead } = response
  response.writeHead = (status: number, ...rest: readonly unknown[]) => {
    if (response.headersSent) return Reflect.apply(writeHead, response, [status, ...rest])
    const [phrase, fields] = typeof rest[0] === 'string' ? [[rest[0]], rest[1]] : [[], rest[0]]
    setFields(response, fields)
    if (ours.length > 0) setCookies(response, ours)
    for (const name of cacheFields) response.removeHeader(name)
    response.setHeader('cache-control', 'no-store')
    // Who put a listener under `writeHead` before us is heard after us, but no longer about caching.
    refuseFields(response, ['cache-control', ...cacheFields])
    return Reflect.apply(writeHead, response, [status, ...phrase])
  }
}

function setCookies(response: NodeResponse, ours: readonly ResponseCookie[]): void {
  const set = response.getHeader('set-cookie')
  const { kept, missing } = settleCookies(set === undefined ? [] : [set].flat().map(String), ours)
  response.setHeader('set-cookie', [...kept, ...missing.map(serializeCookie)])
}

/** What `writeHead` was given, an object or a list of names and values, takes the place of what was set before. */
function setFields(response: NodeResponse, fields: unknown): void {
  if (typeof fields !== 'object' || fields === null) return
  if (!Array.isArray(fields)) {
    for (const [name, value] of Object.entries(fields)) response.setHeader(name, value)
    return
  }
  const values = new Map<string, string[]>()
  const flat: unknown[] = fields.flat()
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = String(flat[index]).toLowerCase()
    values.set(name, [...(values.get(name) ?? []), String(flat[index + 1])])
  }
  for (const [name, all] of values) response.setHeader(name, all.length === 1 ? (all[0] ?? '') : all)
}

function refuseFields(response: NodeResponse, names: readonly string[]): void {
  const { setHeader } = response
  response.setHeader = (name, value) =>
    names.includes(name.toLowerCase()) ? response : Reflect.apply(setHeader, response, [name, value])
}
