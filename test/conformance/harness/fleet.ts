import type { ReportedEvent } from './check.js'
import type { ServerPlan } from './configurations.js'
import { type ContractServer, frameworks, startServer } from './contract-server.js'
import type { IssuerServer } from './issuer-server.js'
import { Mint } from './mint.js'
import { RawConnection, type RawRequest, type RawResponse, sendOnce } from './raw-http.js'

/** The servers of one configuration, one for each framework, with their clocks showing the same second. */
export class Fleet {
  readonly servers: readonly ContractServer[]
  readonly issuer: string
  /** What the manual clocks show; undefined where the system's clock rules. */
  #manualNow: number | undefined
  readonly #events: readonly EventReader[]

  /** @param names of the frameworks; default: those under test */
  static async start(plan: ServerPlan, issuers: IssuerServer, names: readonly string[] = frameworks): Promise<Fleet> {
    const earliest = Math.floor(Date.now() / 1000)
    const configuration = plan.configure(issuers)
    const servers = await Promise.all(names.map((framework) => startServer(framework, configuration)))
    const fleet = new Fleet(servers, issuers.realm('main').url)
    if (plan.manual) await fleet.#align(earliest, plan.tolerance)
    return fleet
  }

  private constructor(servers: readonly ContractServer[], issuer: string) {
    this.servers = servers
    this.issuer = issuer
    this.#events = servers.map(({ port }) => new EventReader(port))
  }

  /** The name of each server's framework. */
  get frameworks(): readonly string[] {
    return this.servers.map(({ framework }) => framework)
  }

  /** What each server has reported since this was last asked. */
  newEvents(): Promise<readonly (readonly ReportedEvent[])[]> {
    return Promise.all(this.#events.map((reader) => reader.read()))
  }

  /** Makes tokens as of the servers' present. */
  mint(issuer: string = this.issuer): Mint {
    return new Mint(issuer, this.#manualNow ?? Math.floor(Date.now() / 1000))
  }

  /** Moves every server's clock. */
  async advance(seconds: number): Promise<void> {
    if (this.#manualNow === undefined) throw new Error('this server has no manual clock')
    await Promise.all(this.servers.map((server) => moveClock(server.port, seconds)))
    this.#manualNow += seconds
  }

  /** Finds what each clock shows and moves those that are behind. */
  async #align(earliest: number, tolerance: number): Promise<void> {
    const shown = await Promise.all(
      this.servers.map((server) => readClock(server.port, this.issuer, earliest, tolerance)),
    )
    const latest = Math.max(...shown)
    await Promise.all(this.servers.map((server, i) => moveClock(server.port, latest - (shown[i] ?? latest))))
    this.#manualNow = latest
    // Reading the clocks was refused now and then.
    await this.newEvents()
  }

  stop(): Promise<unknown> {
    for (const reader of this.#events) reader.close()
    return Promise.all(this.servers.map((server) => server.stop()))
  }
}

/** Reads a server's events, over one connection, those that were read before left out. */
class EventReader {
  readonly #port: number
  readonly #connection: RawConnection
  #seen = 0

  constructor(port: number) {
    this.#port = port
    this.#connection = new RawConnection(port)
  }

  async read(): Promise<readonly ReportedEvent[]> {
    const fields = [['Host', `127.0.0.1:${this.#port}`]] as const
    const request = { method: 'GET', target: '/events', fields }
    // A server may close a connection that was idle in the very moment in which it is used again.
    const response = await this.#connection.send(request).catch(() => {
      this.#connection.close()
      return this.#connection.send(request)
    })
    const all = JSON.parse(response.body) as ReportedEvent[]
    const news = all.slice(this.#seen)
    this.#seen = all.length
    return news
  }

  close(): void {
    this.#connection.close()
  }
}

/** A connection for each server of a fleet, for one case. */
export class Connections {
  readonly #connections: readonly RawConnection[]

  constructor(fleet: Fleet) {
    this.#connections = fleet.servers.map(({ port }) => new RawConnection(port))
  }

  /** Sends to each server at the same time; undefined where a server closed the connection without a response. */
  send(request: (server: number) => RawRequest): Promise<(RawResponse | undefined)[]> {
    return Promise.all(this.#connections.map((connection, i) => connection.send(request(i)).catch(() => undefined)))
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

async function moveClock(port: number, seconds: number): Promise<void> {
  if (seconds === 0) return
  const body = JSON.stringify({ advance: seconds })
  const response = await sendOnce(port, {
    method: 'POST',
    target: '/clock',
    fields: [
      ['Host', `127.0.0.1:${port}`],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(body.length)],
    ],
    body,
  })
  if (response.status !== 204) throw new Error(`POST /clock answered ${response.statusLine}`)
}

/**
 * What a clock shows, which started at some second since `earliest`: the latest `nbf` that is good is the present plus
 * the tolerance.
 */
async function readClock(port: number, issuer: string, earliest: number, tolerance: number): Promise<number> {
  const latest = Math.ceil(Date.now() / 1000) + 1
  for (let now = latest; now >= earliest - 1; now--) {
    const token = new Mint(issuer, now).jwt({ claims: { nbf: now + tolerance, iat: now - 60 } })
    const response = await sendOnce(port, {
      method: 'GET',
      target: '/me',
      fields: [
        ['Host', `127.0.0.1:${port}`],
        ['Authorization', `Bearer ${token}`],
      ],
    })
    if (response.status === 200) return now
  }
  throw new Error(`the clock shows no second between ${earliest - 1} and ${latest}`)
}
