import type { ReportedEvent } from '../../harness/check.js'
import { type ContractServer, startServer } from '../../harness/contract-server.js'
import { type RawResponse, sendOnce } from '../../harness/raw-http.js'
import { App, type Target } from './app.js'
import { Lockstep } from './lockstep.js'
import { configurationOf, type SessionPlan } from './plans.js'
import { claimsOf, tokensOf } from './tokens.js'

/** The servers of one plan on one store, one for each framework, with their clocks showing the same second. */
export class SessionFleet {
  readonly plan: SessionPlan
  readonly #servers: readonly ContractServer[]
  readonly #issued: Set<string>
  readonly #read: readonly { events: number }[]
  #now = 0

  /**
   * @param frameworks a server of each
   * @param issued gets every refresh token that is given out
   * @param earliest what the clocks have to show at least, in seconds: for servers that go on where others have stopped
   */
  static async start(
    frameworks: readonly string[],
    plan: SessionPlan,
    store: string,
    issued: Set<string>,
    earliest = 0,
  ): Promise<SessionFleet> {
    const configuration = configurationOf(plan, store)
    // All at once, on a database that has nothing of theirs.
    const servers = await Promise.all(frameworks.map((framework) => startServer(framework, configuration)))
    const fleet = new SessionFleet(plan, servers, issued)
    await fleet.#align(earliest)
    return fleet
  }

  private constructor(plan: SessionPlan, servers: readonly ContractServer[], issued: Set<string>) {
    this.plan = plan
    this.#servers = servers
    this.#issued = issued
    this.#read = servers.map(() => ({ events: 0 }))
  }

  /** The servers as one case sees them. */
  apps(): readonly App[] {
    const lockstep = new Lockstep(this.#servers.length, (seconds) => this.#advance(seconds))
    return this.#servers.map(({ framework, port }, i): App => {
      const read = this.#read[i] ?? { events: 0 }
      const now = (): number => this.#now
      const target: Target = { framework, port, plan: this.plan, lockstep, now, issued: this.#issued, read }
      return new App(target)
    })
  }

  /** What the clocks show. */
  get now(): number {
    return this.#now
  }

  /** Everything that the servers have reported. */
  reported(): Promise<readonly (readonly ReportedEvent[])[]> {
    return Promise.all(
      this.#servers.map(async ({ port }) => JSON.parse((await ask(port, 'GET', '/events')).body) as ReportedEvent[]),
    )
  }

  /** What the servers wrote to standard error. */
  get complaints(): readonly string[] {
    return this.#servers.map(({ stderr }) => stderr)
  }

  stop(): Promise<unknown> {
    return Promise.all(this.#servers.map((server) => server.stop()))
  }

  async #advance(seconds: number): Promise<void> {
    await Promise.all(this.#servers.map(({ port }) => moveClock(port, seconds)))
    this.#now += seconds
  }

  /** Moves the clocks that are behind the latest. What each shows, an access token says. */
  async #align(earliest: number): Promise<void> {
    const shown = await Promise.all(this.#servers.map(({ port }) => readClock(port)))
    this.#now = Math.max(earliest, ...shown)
    await Promise.all(this.#servers.map(({ port }, i) => moveClock(port, this.#now - (shown[i] ?? this.#now))))
  }
}

function ask(port: number, method: string, target: string, body?: object): Promise<RawResponse> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const length = text === undefined ? [] : ([['Content-Length', String(text.length)]] as const)
  return sendOnce(port, { method, target, fields: [['Host', `127.0.0.1:${port}`], ...length], body: text })
}

async function moveClock(port: number, seconds: number): Promise<void> {
  if (seconds === 0) return
  const { statusLine, status } = await ask(port, 'POST', '/clock', { advance: seconds })
  if (status !== 204) throw new Error(`POST /clock answered ${statusLine}`)
}

async function readClock(port: number): Promise<number> {
  const tokens = tokensOf(await ask(port, 'POST', '/session', { sub: 'reads-the-clock' }))
  return Number(claimsOf(tokens?.access ?? '')['iat'])
}
