import type { Asked, Case, Exchange, Step } from './case.js'
import { comparable, faultsOf, type Judged, type ReportedEvent } from './check.js'
import { ownRealm } from './configurations.js'
import { frameworks } from './contract-server.js'
import { Connections, type Fleet } from './fleet.js'
import type { IssuerServer, Realm } from './issuer-server.js'
import type { Mint } from './mint.js'
import { type Field, type RawRequest, type RawResponse, sendOnce } from './raw-http.js'

/** How many events each server had reported before the exchange at hand. */
const seenEvents = new Map<number, number>()
let realmsGiven = 0

/** Runs a case against every framework; the result is empty where all is right, else a line per fault. */
export async function runCase(each: Case, fleet: Fleet, issuers: IssuerServer): Promise<string[]> {
  const connections = new Connections(fleet)
  try {
    if (!('steps' in each)) {
      const first = await exchange(each, fleet.mint(), fleet, connections)
      return first.length > 0 ? first : await exchange(each, fleet.mint(), fleet, connections)
    }
    const hasRealm = each.steps.some((step) => 'arrange' in step || 'asked' in step)
    const realm = hasRealm ? issuers.realm(ownRealm(realmsGiven++)) : undefined
    for (const [number, step] of each.steps.entries()) {
      const faults = await runStep(step, realm, fleet, connections)
      if (faults.length > 0) return faults.map((fault) => `step ${number + 1}: ${fault}`)
    }
    return []
  } finally {
    connections.close()
  }
}

async function runStep(
  step: Step,
  realm: Realm | undefined,
  fleet: Fleet,
  connections: Connections,
): Promise<string[]> {
  if ('advance' in step) {
    await fleet.advance(step.advance)
    return []
  }
  if ('expect' in step) return exchange(step, fleet.mint(realm?.url), fleet, connections)
  if (realm === undefined) throw new Error('a case with an issuer of its own has no issuer')
  if ('asked' in step) return countFaults(step, realm)
  step.arrange(realm)
  return []
}

/** Each framework's server has asked as often as the others, so the sum tells. */
function countFaults({ asked }: Asked, realm: Realm): string[] {
  const { metadataRequests, jwksRequests } = realm
  realm.metadataRequests = 0
  realm.jwksRequests = 0
  const wanted = { metadata: asked.metadata, jwks: asked.jwks }
  const servers = frameworks.length
  const faults: string[] = []
  if (wanted.metadata !== undefined && metadataRequests !== wanted.metadata * servers) {
    faults.push(`metadata asked for ${metadataRequests} times by ${servers} servers, expected ${wanted.metadata} each`)
  }
  if (jwksRequests !== wanted.jwks * servers) {
    faults.push(`keys asked for ${jwksRequests} times by ${servers} servers, expected ${wanted.jwks} each`)
  }
  return faults
}

/** One exchange with every framework's server: each response is judged, then all are compared with the first. */
async function exchange(each: Exchange, mint: Mint, fleet: Fleet, connections: Connections): Promise<string[]> {
  const token = each.token?.(mint)
  const path = typeof each.path === 'function' ? each.path(token ?? '') : (each.path ?? '/me')
  const fields = each.fields?.(token ?? '') ?? (token === undefined ? [] : [['Authorization', `Bearer ${token}`]])
  const responses = await connections.send((server) =>
    requestOf(each, path, fields, token, fleet.servers[server]?.port ?? 0),
  )
  const faults = await Promise.all(
    responses.map(async (response, i) => {
      const { framework = '', port = 0 } = fleet.servers[i] ?? {}
      const judged: Judged = { exchange: each, path, token, fields, events: await newEvents(port) }
      return judge(response, judged).map((fault) => `[${framework}] ${fault}`)
    }),
  )
  const all = faults.flat()
  return all.length > 0 || each.expect === 'not served' ? all : differencesOf(responses, fleet)
}

function judge(response: RawResponse | undefined, judged: Judged): string[] {
  if (response !== undefined) return faultsOf(response, judged)
  return judged.exchange.expect === 'not served' ? [] : ['closed the connection without a response']
}

function differencesOf(responses: readonly (RawResponse | undefined)[], fleet: Fleet): string[] {
  const [first = '', ...others] = responses.map(comparable)
  return others.flatMap((other, i) =>
    other === first
      ? []
      : [
          `[${fleet.servers[i + 1]?.framework}] differs from ${fleet.servers[0]?.framework}:\n${other}\n— not —\n${first}`,
        ],
  )
}

/** The bytes that an exchange asks for, with what every request needs. */
export function requestOf(
  each: Exchange,
  path: string,
  given: readonly Field[],
  token: string | undefined,
  port: number,
): RawRequest {
  const method = each.method ?? 'GET'
  const authority = `127.0.0.1:${port}`
  const fields = given.map(([name, value]): Field => {
    return [name, value.replaceAll('{origin}', `http://${authority}`).replaceAll('{authority}', authority)]
  })
  const body = typeof each.body === 'function' ? each.body(token ?? '') : each.body
  const has = (name: string): boolean => fields.some(([other]) => other.toLowerCase() === name)
  if (each.host !== false && !has('host')) fields.unshift(['Host', authority])
  if (
    (body !== undefined || !['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method)) &&
    !has('content-length')
  ) {
    fields.push(['Content-Length', String(Buffer.byteLength(body ?? ''))])
  }
  return { method, target: path, fields, body, ...(each.version === undefined ? {} : { version: each.version }) }
}

/** What the server has reported since this was last asked. */
async function newEvents(port: number): Promise<readonly ReportedEvent[]> {
  const response = await sendOnce(port, {
    method: 'GET',
    target: '/events',
    fields: [['Host', `127.0.0.1:${port}`]],
  })
  const all = JSON.parse(response.body) as ReportedEvent[]
  const seen = seenEvents.get(port) ?? 0
  seenEvents.set(port, all.length)
  return all.slice(seen)
}
