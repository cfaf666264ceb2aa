import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { ReportedEvent } from '../../harness/check.js'
import { type Field, RawConnection, type RawResponse, requestBytes } from '../../harness/raw-http.js'
import type { Lockstep } from './lockstep.js'
import type { SessionPlan } from './plans.js'
import { challengeIn, claimsOf, type Tokens, tokensOf } from './tokens.js'
import { Transcript } from './transcript.js'

/** What a request carries. */
export interface Sent {
  /** `{origin}` stands for the server's own. `Host` and `Content-Length` are added where they are not among them. */
  readonly fields?: readonly Field[]
  /** Bytes and text as they are, anything else as JSON. */
  readonly body?: unknown
}

/** One request of several that are sent at once. */
export type Call = readonly [method: string, target: string, sent?: Sent]

/** Where a server is, what it is configured to do, and what the suite remembers of it. */
export interface Target {
  readonly framework: string
  readonly port: number
  readonly plan: SessionPlan
  readonly lockstep: Lockstep
  /** What the manual clock shows. */
  readonly now: () => number
  /** Every refresh token that the suite was ever given. */
  readonly issued: Set<string>
  /** The events that were read before. */
  readonly read: { events: number }
}

/** A server as one case sees it: over a connection of its own, with a transcript. */
export class App {
  readonly framework: string
  readonly plan: SessionPlan
  /** A subject that no other case has. */
  readonly sub: string = `user-${randomUUID()}`
  readonly transcript: Transcript
  readonly #target: Target
  readonly #connection: RawConnection
  readonly #given: Tokens[] = []

  constructor(target: Target) {
    this.#target = target
    this.framework = target.framework
    this.plan = target.plan
    this.#connection = new RawConnection(target.port)
    this.transcript = new Transcript(target.now())
    this.transcript.name('sub', this.sub)
  }

  /** What the server's clock shows, in seconds. */
  get now(): number {
    return this.#target.now()
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#target.port}`
  }

  /** Moves the clocks of all servers, once every one of them is asked to. */
  advance(seconds: number): Promise<void> {
    return this.#target.lockstep.advance(seconds)
  }

  /** This run has failed: the others need not wait for it. */
  giveUp(reason: unknown): void {
    this.#target.lockstep.fail(reason)
  }

  async send(method: string, target: string, sent: Sent = {}): Promise<RawResponse> {
    const response = await this.#connection.sendBytes(this.#bytes(method, target, sent), method === 'HEAD')
    this.#remember(method, target, response)
    return response
  }

  /** What depends on chance, and therefore is left out of the transcript. */
  async aside<T>(work: (side: App) => Promise<T>): Promise<T> {
    const side = new App(this.#target)
    try {
      return await work(side)
    } finally {
      side.close()
    }
  }

  /** Each on a connection of its own, all at the same time. */
  async sendAtOnce(calls: readonly Call[]): Promise<readonly RawResponse[]> {
    const responses = await Promise.all(
      calls.map(async ([method, target, sent = {}]) => {
        const connection = new RawConnection(this.#target.port)
        try {
          return await connection.sendBytes(this.#bytes(method, target, sent), method === 'HEAD')
        } finally {
          connection.close()
        }
      }),
    )
    for (const [i, response] of responses.entries()) this.#remember(calls[i]?.[0] ?? '', calls[i]?.[1] ?? '', response)
    return responses
  }

  /** Begins a session; the body's members are laid over a subject and no scope. */
  async logIn(body: object = {}): Promise<Tokens> {
    const response = await this.send('POST', '/session', { body: { sub: this.sub, ...body } })
    expect(response, 'log-in').toMatchObject({ status: 200 })
    return given(response)
  }

  /** Every pair of tokens that was given out here, the oldest first. */
  get given(): readonly Tokens[] {
    return this.#given
  }

  /** Presents a refresh token, as the delivery has it. */
  presenting(refresh: string): Sent {
    return this.plan.delivery === 'body' ? { body: { refreshToken: refresh } } : withCookies({ refresh })
  }

  /** Presents an access token, as the delivery has it. */
  presentingAccess(access: string): Sent {
    return this.plan.delivery === 'body' ? withBearer(access) : withCookies({ access })
  }

  refresh(refresh: string): Promise<RawResponse> {
    return this.send('POST', '/session/refresh', this.presenting(refresh))
  }

  /** As `refresh`, which must succeed. */
  async refreshed({ refresh }: Pick<Tokens, 'refresh'>): Promise<Tokens> {
    const response = await this.refresh(refresh)
    expect(response, 'refresh').toMatchObject({ status: 200 })
    return given(response)
  }

  end(refresh: string): Promise<RawResponse> {
    return this.send('DELETE', '/session', this.presenting(refresh))
  }

  /** A guarded route with an access token, as the delivery has it. */
  guarded(access: string, method = 'GET', target = '/me'): Promise<RawResponse> {
    return this.send(method, target, this.presentingAccess(access))
  }

  endAll(access: string): Promise<RawResponse> {
    return this.guarded(access, 'DELETE', '/session/all')
  }

  /** Leaves out what was reported until now. */
  async skipEvents(): Promise<void> {
    await this.#newEvents()
  }

  /** What was reported since this, or `skipEvents`, was last asked. `sorted`: where the order depends on chance. */
  async events({ sorted = false } = {}): Promise<readonly ReportedEvent[]> {
    const events = await this.#newEvents()
    // Where many come at once, chance also says which of them still met the session.
    const texts = events.map((event) => JSON.stringify(sorted ? { ...event, reason: undefined } : event))
    for (const secret of this.transcript.secrets) expect(texts.join('\n')).not.toContain(secret)
    this.transcript.note(`events: ${(sorted ? texts.sort() : texts).join('\n')}`)
    return events
  }

  close(): void {
    this.#connection.close()
  }

  async #newEvents(): Promise<readonly ReportedEvent[]> {
    const response = await this.#connection.sendBytes(this.#bytes('GET', '/events', {}))
    const all = JSON.parse(response.body) as ReportedEvent[]
    const { read } = this.#target
    const news = all.slice(read.events)
    read.events = all.length
    return news
  }

  #remember(method: string, target: string, response: RawResponse): void {
    this.transcript.answer(method, target, response)
    const challenge = challengeIn(response)
    if (challenge !== undefined) this.transcript.name('challenge', challenge)
    const tokens = tokensOf(response)
    if (tokens === undefined) return
    this.#given.push(tokens)
    this.#target.issued.add(tokens.refresh)
    const { sid, jti } = claimsOf(tokens.access)
    this.transcript.nameSecret('refresh token', tokens.refresh)
    this.transcript.nameSecret('access token', tokens.access)
    this.transcript.name('session', String(sid))
    this.transcript.name('jti', String(jti))
  }

  #bytes(method: string, target: string, { fields: given = [], body }: Sent): Uint8Array {
    const fields = given.map(([name, value]): Field => [name, value.replaceAll('{origin}', this.origin)])
    const has = (name: string): boolean => fields.some(([other]) => other.toLowerCase() === name)
    const content = body === undefined ? new Uint8Array() : bytesOf(body)
    if (!has('host')) fields.unshift(['Host', `127.0.0.1:${this.#target.port}`])
    const needsLength = content.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method)
    if (needsLength && !has('content-length')) fields.push(['Content-Length', String(content.length)])
    return Buffer.concat([requestBytes({ method, target, fields }), content])
  }
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function given(response: RawResponse): Tokens {
  const tokens = tokensOf(response)
  if (tokens === undefined) throw new Error(`no tokens in ${response.statusLine}: ${response.body}`)
  return tokens
}

/** A `Cookie` field with these tokens. */
export function withCookies(tokens: Partial<Tokens>): { readonly fields: readonly Field[] } {
  const pairs = Object.entries(tokens).map(([name, value]) => `__Host-${name}=${value}`)
  return { fields: [['Cookie', pairs.join('; ')]] }
}

/** An `Authorization` field with this access token. */
export function withBearer(access: string): { readonly fields: readonly Field[] } {
  return { fields: [['Authorization', `Bearer ${access}`]] }
}
