import type { Exchange } from './case.js'
import { type DenialCode, denialRow, isDenial } from './denials.js'
import { type Field, fieldOf, type RawResponse } from './raw-http.js'

/** What an exchange is judged by, besides the response. */
export interface Judged {
  readonly exchange: Exchange
  readonly path: string
  readonly token: string | undefined
  readonly fields: readonly Field[]
}

/** An event as `GET /events` shows it. */
export interface ReportedEvent {
  readonly type: string
  readonly [member: string]: unknown
}

/** The fixed sentence of each code, as the first denial of the run had it. */
const details = new Map<DenialCode, string>()

/** What is wrong with a response, in words; nothing where it is right. */
export function faultsOf(response: RawResponse, judged: Judged): string[] {
  const { expect } = judged.exchange
  if (response.status >= 500 && expect !== 'keys_unavailable')
    return [`answered ${response.statusLine}: ${response.body}`]
  if (expect === 'not served') {
    return response.status >= 400 ? [] : [`was to be refused, answered ${response.statusLine}`]
  }
  return isDenial(expect) ? denialFaults(response, expect, judged) : successFaults(response, judged)
}

function denialFaults(response: RawResponse, code: DenialCode, judged: Judged): string[] {
  const row = denialRow(code)
  const detail = isHead(judged) ? details.get(code) : detailOf(response.body)
  const faults = [
    ...differs('status', response.status, row.status),
    ...differs('Content-Type', fieldOf(response, 'content-type'), 'application/problem+json'),
    ...differs('Cache-Control', fieldOf(response, 'cache-control'), 'no-store'),
    ...challengeFaults(response, code, judged, detail),
    ...retryFaults(response, row.retryAfter === true),
    ...leaks('the response', responseText(response), secretsOf(judged, [])),
  ]
  if (isHead(judged)) return faults
  if (detail === undefined) return [...faults, `body has no detail: ${response.body}`]
  if (!details.has(code)) details.set(code, detail)
  // The members in the order in which CONTRACT writes them, with nothing between them.
  const problem = { type: 'about:blank', title: row.title, status: row.status, code, detail: details.get(code) }
  return [...faults, ...differs('body', response.body, JSON.stringify(problem))]
}

function challengeFaults(
  response: RawResponse,
  code: DenialCode,
  { path, exchange }: Judged,
  detail: string | undefined,
): string[] {
  const { error } = denialRow(code)
  const challenge = fieldOf(response, 'www-authenticate')
  if (error === null) return differs('WWW-Authenticate', challenge, undefined)
  if (error === undefined) return differs('WWW-Authenticate', challenge, 'Bearer')
  const scope = code === 'scope_insufficient' ? `, scope="${path.startsWith('/admin') ? 'read admin' : 'read'}"` : ''
  const members = exchange.challenge === undefined ? scope : `, ${exchange.challenge}`
  const plain = `Bearer error="${error}"${members}`
  const described = `${plain}, error_description="${detail}"`
  return challenge === described ? [] : differs('WWW-Authenticate', challenge, plain)
}

function retryFaults(response: RawResponse, wanted: boolean): string[] {
  const retryAfter = fieldOf(response, 'retry-after')
  if (!wanted) return differs('Retry-After', retryAfter, undefined)
  return /^[1-9]\d*$/.test(retryAfter ?? '') ? [] : [`Retry-After: ${retryAfter}, not whole seconds from 1 on`]
}

function successFaults(response: RawResponse, judged: Judged): string[] {
  const faults = [
    ...differs('status', response.status, 200),
    ...differs('WWW-Authenticate', fieldOf(response, 'www-authenticate'), undefined),
    ...differs('Set-Cookie', fieldOf(response, 'set-cookie'), undefined),
  ]
  if (response.status !== 200) return [...faults, `body: ${response.body}`]
  const type = fieldOf(response, 'content-type') ?? ''
  if (!/^application\/json *(;|$)/.test(type)) faults.push(`Content-Type: ${type}, not application/json`)
  if (sourceOf(judged) === 'cookie' && !/\b(private|no-store)\b/.test(fieldOf(response, 'cache-control') ?? '')) {
    faults.push('a shared cache may keep the answer to a cookie')
  }
  return isHead(judged) ? faults : [...faults, ...differs('body', response.body, JSON.stringify(bodyOf(judged)))]
}

/** The route's success, from the token's own payload. */
function bodyOf(judged: Judged): unknown {
  if (judged.exchange.expect === 'public') return { ok: true }
  if (judged.exchange.expect === 'anonymous') return { sub: null }
  const claims = payloadOf(judged.token) ?? {}
  const sub = claims['sub'] ?? null
  if (judged.path.startsWith('/optional')) return { sub }
  return { sub, iss: claims['iss'], scope: scopeOf(claims), source: sourceOf(judged), claims }
}

function scopeOf(claims: Record<string, unknown>): unknown {
  // Where a server reads `permissions`, these come first; a token with them is accepted nowhere else.
  const scope = claims['permissions'] ?? claims['scope'] ?? claims['scp'] ?? []
  return typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : scope
}

/** Where the token stands in the request. */
function sourceOf({ token, fields }: Judged): 'header' | 'cookie' | undefined {
  if (token === undefined) return undefined
  const holder = fields.find(([, value]) => value.includes(token))?.[0].toLowerCase()
  return holder === 'cookie' ? 'cookie' : holder === undefined ? undefined : 'header'
}

/** What CONTRACT lets a server report. */
const eventTypes = [
  ...['denied', 'keys_refreshed', 'keys_refresh_failed', 'keys_stale_served', 'key_unknown', 'issuer_lookup_failed'],
  ...['session_started', 'session_refreshed', 'session_ended', 'refresh_reused'],
  ...['store_unavailable', 'store_restored', 'revocation_unsure'],
  // The contract server's own: it has been asked for an issuer.
  'lookup',
]

/**
 * What is wrong with what a server reported while it dealt with the same request so many times: each refusal is reported
 * once, with its code, and nothing reported signs anybody in or tells of anybody.
 */
export function eventFaults(events: readonly ReportedEvent[], judged: Judged, times: number): string[] {
  const { expect, events: expected = [], without = [] } = judged.exchange
  const types = events.map(({ type }) => type)
  const denied = events.filter(({ type }) => type === 'denied').map(({ code }) => code)
  const refusals = isDenial(expect) ? new Array<string>(times).fill(expect) : []
  return [
    ...differs('denied events', denied.join(), refusals.join()),
    ...types.filter((type) => !eventTypes.includes(type)).map((type) => `an event of unknown type ${type}`),
    ...expected.filter((type) => !types.includes(type)).map((type) => `no event ${type}, only ${types}`),
    ...without.filter((type) => types.includes(type)).map((type) => `an event ${type}, and there should be none`),
    ...leaks('an event', JSON.stringify(events), secretsOf(judged, ['iss', 'kid'])),
  ]
}

// The scope of the challenge is the route's, which may be the token's own word; the others name things, not people.
const notSecret = ['scope', 'scp', 'alg', 'typ', 'cty']

/** What a denial must not repeat: the token, its segments, and the texts in its claims and header. */
function secretsOf({ token }: Judged, allowed: readonly string[]): string[] {
  if (token === undefined || token === '') return []
  const members = { ...headerOf(token), ...payloadOf(token) }
  const texts = Object.entries(members)
    .filter(([name]) => !notSecret.includes(name) && !allowed.includes(name))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string')
  return [token, ...token.split('.'), ...texts].filter((text) => text.length >= 8)
}

function leaks(where: string, text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => text.includes(secret)).map((secret) => `${where} shows ${secret.slice(0, 40)}`)
}

function responseText(response: RawResponse): string {
  return [response.statusLine, ...response.fields.map((field) => field.join(': ')), response.body].join('\n')
}

// These two come and go with the connection and with how a body is framed; the others must be the same everywhere.
const framing = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']

/** A response as it is compared between frameworks: all of it but for framing, and for how long a back-off has drawn. */
export function comparable(response: RawResponse | undefined): string {
  if (response === undefined) return 'closed without a response'
  const fields = response.fields
    .filter(([name]) => !framing.includes(name))
    .map(([name, value]) => `${name}: ${comparableValue(name, value)}`)
  return [response.statusLine, ...fields.sort(), '', response.body].join('\n')
}

function comparableValue(name: string, value: string): string {
  if (name === 'retry-after') return '<seconds>'
  return name === 'set-cookie' ? parsedCookie(value).join('; ') : value
}

/**
 * A `Set-Cookie` field as a browser understands it: the pair, then the attributes, whose order means nothing. `Expires` goes
 * where there is `Max-Age`, which counts in its place (RFC 6265 §5.3).
 */
export function parsedCookie(field: string): readonly string[] {
  const [pair = '', ...attributes] = field.split(/; ?/)
  const hasMaxAge = attributes.some((attribute) => /^max-age=/i.test(attribute))
  return [pair, ...attributes.filter((attribute) => !hasMaxAge || !/^expires=/i.test(attribute)).sort()]
}

function isHead({ exchange }: Judged): boolean {
  return exchange.method === 'HEAD'
}

function detailOf(body: string): string | undefined {
  const detail = parseObject(body)?.['detail']
  return typeof detail === 'string' && detail !== '' ? detail : undefined
}

function headerOf(token: string | undefined): Record<string, unknown> | undefined {
  return parseObject(Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString())
}

function payloadOf(token: string | undefined): Record<string, unknown> | undefined {
  return parseObject(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString())
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // Tokens and bodies that are no JSON are part of the game.
    return undefined
  }
}

function differs(what: string, actual: unknown, expected: unknown): string[] {
  return actual === expected ? [] : [`${what}: ${actual}, expected ${expected}`]
}
