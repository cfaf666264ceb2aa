import type { ResponseCookie } from '../response-extras.js'
import { serializeCookie, settleCookies } from './set-cookie.js'

/** The part of Node's response (`http`, `https`, `http2`) that `keepFromCaches` uses. */
export interface NodeResponse {
  readonly headersSent: boolean
  getHeader(name: string): unknown
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): void
  writeHead(...input: never[]): unknown
}

/** Other fields that tell a cache to store a response. Some caches obey them rather than `Cache-Control` (RFC 9213). */
export const cacheFields: readonly string[] = ['cdn-cache-control', 'surrogate-control']

/**
 * Keeps a response that carries tokens out of every cache, whatever handlers and hooks set before its head is written. A shared
 * cache that stored such a response would sign the next visitor in as this one. When the head is written, it also decides which
 * cookies are sent.
 *
 * @param ours the cookies of a refresh by the guard, which the handler may replace; default: none
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
    // Code that wrapped `writeHead` before us runs after us. It can no longer change the caching fields.
    refuseFields(response, ['cache-control', ...cacheFields])
    return Reflect.apply(writeHead, response, [status, ...phrase])
  }
}

function setCookies(response: NodeResponse, ours: readonly ResponseCookie[]): void {
  const set = response.getHeader('set-cookie')
  const { kept, missing } = settleCookies(set === undefined ? [] : [set].flat().map(String), ours)
  response.setHeader('set-cookie', [...kept, ...missing.map(serializeCookie)])
}

/** Sets the fields that `writeHead` was given, as an object or as a list of names and values. They replace earlier ones. */
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
