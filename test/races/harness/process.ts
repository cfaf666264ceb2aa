import type { ReportedEvent } from '../../conformance/harness/check.js'
import { type Configuration, type ContractServer, startServer } from '../../conformance/harness/contract-server.js'
import { app, foreign, privateKeys } from '../../conformance/sessions/harness/plans.js'

/** What a session verb gave out. */
export interface Pair {
  readonly access: string
  readonly refresh: string
}

/** How a request ended. */
export interface Answer {
  readonly status: number
  /** The code of a denial. */
  readonly code: string | undefined
  /** What a log-in or a refresh gave out. */
  readonly pair: Pair | undefined
  readonly retryAfter: string | null
  /** Until the answer was there. */
  readonly milliseconds: number
}

/** Every refresh token that was given out in this run. */
export const issued: Set<string> = new Set()

/** Six times the default, in seconds: what is late because the machine is busy must not look like theft. */
const reuseGrace = 60

/** A contract server's process. */
export class Process {
  readonly #server: ContractServer
  #seen = 0

  /** @param store what the configuration names the store */
  static async start(
    framework: string,
    store: string,
    revocation: 'expiry' | 'immediate' = 'expiry',
  ): Promise<Process> {
    const secret = Buffer.from(foreign.key.key as Uint8Array).toString('base64url')
    const configuration: Configuration = {
      issuers: [{ issuer: foreign.issuer, audience: null, secret }],
      sessions: { ...app, store, revocation, delivery: 'body', reuseGrace, keys: [privateKeys.one, privateKeys.two] },
    }
    return new Process(await startServer(framework, configuration))
  }

  private constructor(server: ContractServer) {
    this.#server = server
  }

  async logIn(sub: string): Promise<Pair> {
    const { status, pair } = await this.start(sub)
    if (pair === undefined) throw new Error(`a log-in was answered ${status}`)
    return pair
  }

  start(sub: string): Promise<Answer> {
    return this.#ask('POST', '/session', { sub, scope: ['read'], claims: { plan: 'pro' } })
  }

  refresh(refreshToken: string): Promise<Answer> {
    return this.#ask('POST', '/session/refresh', { refreshToken })
  }

  end(refreshToken: string): Promise<Answer> {
    return this.#ask('DELETE', '/session', { refreshToken })
  }

  endAll(access: string): Promise<Answer> {
    return this.#ask('DELETE', '/session/all', undefined, access)
  }

  me(access: string): Promise<Answer> {
    return this.#ask('GET', '/me', undefined, access)
  }

  /** What it has reported since this was last asked. */
  async newEvents(): Promise<readonly ReportedEvent[]> {
    const response = await fetch(`http://127.0.0.1:${this.#server.port}/events`)
    const all = (await response.json()) as ReportedEvent[]
    const news = all.slice(this.#seen)
    this.#seen = all.length
    return news
  }

  get complaints(): string {
    return this.#server.stderr
  }

  kill(): Promise<void> {
    return this.#server.kill()
  }

  /** Rejects with what it has said if it did not end in good order, or had ended before. */
  async stop(): Promise<void> {
    const { code, stderr } = await this.#server.stop()
    if (code !== 0) throw new Error(`The ${this.#server.framework} server ended with ${code}: ${stderr}`)
  }

  async #ask(method: string, path: string, body?: object, access?: string): Promise<Answer> {
    const startedAt = performance.now()
    const response = await fetch(`http://127.0.0.1:${this.#server.port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(access === undefined ? {} : { headers: { authorization: `Bearer ${access}` } }),
    }).catch((cause: unknown) => {
      throw new Error(`${method} ${path} had no answer. The server has said: ${this.complaints}`, { cause })
    })
    const text = await response.text()
    const milliseconds = performance.now() - startedAt
    const { accessToken, refreshToken, code } = text === '' ? {} : (JSON.parse(text) as { [member: string]: string })
    const pair = accessToken && refreshToken ? { access: accessToken, refresh: refreshToken } : undefined
    if (pair !== undefined) issued.add(pair.refresh)
    return { status: response.status, code, pair, retryAfter: response.headers.get('retry-after'), milliseconds }
  }
}

/** How many of each status there are, as text. */
export function tally(answers: readonly Answer[]): string {
  const counts = new Map<string, number>()
  for (const { status, code } of answers) {
    const kind = code === undefined ? String(status) : `${status} ${code}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].map(([kind, count]) => `${count} × ${kind}`).join(', ')
}

/** Half of the values are not above the first, 99 of 100 not above the second. */
export function percentiles(values: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

/** As `percentiles`, to be read. */
export function spread(values: readonly number[]): string {
  const { p50, p99 } = percentiles(values)
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${values.length})`
}
