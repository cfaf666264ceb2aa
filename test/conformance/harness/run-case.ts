import { setTimeout } from 'node:timers/promises'
import type { Asked, Case, Exchange, Step } from './case.js'
import { comparable, eventFaults, faultsOf, type Judged } from './check.js'
import { ownRealm } from './configurations.js'
import { Connections, type Fleet } from './fleet.js'
import type { IssuerServer, Realm } from './issuer-server.js'
import type { Mint } from './mint.js'
import type { Field, RawRequest, RawResponse } from './raw-http.js'

let realmsGiven = 0

/** Runs a case against every framework; the result is empty where all is right, else a line per fault. */
export async function runCase(each: Case, fleet: Fleet, issuers: IssuerServer): Promise<string[]> {
  const connections = new Connections(fleet)
  try {
    if (!('steps' in each)) return await exchange(each, fleet.mint(), fleet, connections, 2)
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
  if ('expect' in step) return exchange(step, fleet.mint(realm?.url), fleet, connections, 1)
  if (realm === undefined) throw new Error('a case with an issuer of its own has no issuer')
  if ('asked' in step) return countFaults(step, realm, fleet.servers.length)
  step.arrange(realm)
  return []
}

/** A fetch in the background reaches the issuer within this time, in milliseconds, also on a busy machine. */
const backgroundPatience = 10_000

/** Each framework's server has asked as often as the others, so the sum tells. What is too much is so at once. */
async function countFaults({ asked }: Asked, realm: Realm, servers: number): Promise<string[]> {
  const jwks = asked.jwks * servers
  const deadline = performance.now() + backgroundPatience
  while (realm.jwksRequests < jwks && performance.now() < deadline) await setTimeout(5)
  const { metadataRequests, jwksRequests } = realm
  realm.metadataRequests = 0
  realm.jwksRequests = 0
  const faults: string[] = []
  if (asked.metadata !== undefined && metadataRequests !== asked.metadata * servers) {
    faults.push(`metadata asked for ${metadataRequests} times by ${servers} servers, expected ${asked.metadata} each`)
  }
  if (jwksRequests !== jwks) {
    faults.push(`keys asked for ${jwksRequests} times by ${servers} servers, expected ${asked.jwks} each`)
  }
  return faults
}

/**
 * Makes the same request of every framework's server, so many times: each response is judged, then all are compared with
 * the first, then what the servers reported meanwhile is judged.
 */
async function exchange(
  each: Exchange,
  mint: Mint,
  fleet: Fleet,
  connections: Connections,
  times: number,
): Promise<string[]> {
  const token = each.token?.(mint)
  const path = typeof each.path === 'function' ? each.path(token ?? '') : (each.path ?? '/me')
  const fields = each.fields?.(token ?? '') ?? (token === undefined ? [] : [['Authorization', `Bearer ${token}`]])
  const judged: Judged = { exchange: each, path, token, fields }
  const faults: string[] = []
  for (let time = 0; time < times && faults.length === 0; time++) {
    const responses = await connections.send((server) =>
      requestOf(each, path, fields, token, fleet.servers[server]?.port ?? 0),
    )
    faults.push(
      ...named(
        responses.map((response) => judge(response, judged)),
        fleet,
      ),
    )
    if (faults.length === 0 && each.expect !== 'not served') faults.push(...differencesOf(responses, fleet))
  }
  const events = await fleet.newEvents()
  if (faults.length > 0 || each.expect === 'not served') return faults
  return named(
    events.map((reported) => eventFaults(reported, judged, times)),
    fleet,
  )
}

/** Faults with the framework they are of. */
function named(faults: readonly (readonly string[])[], { frameworks }: Fleet): string[] {
  return faults.flatMap((each, i) => each.map((fault) => `[${frameworks[i]}] ${fault}`))
}

function judge(response: RawResponse | undefined, judged: Judged): string[] {
  if (response !== undefined) return faultsOf(response, judged)
  return judged.exchange.expect === 'not served' ? [] : ['closed the connection without a response']
}

function differencesOf(responses: readonly (RawResponse | undefined)[], { frameworks }: Fleet): string[] {
  const [first = '', ...others] = responses.map(comparable)
  return others.flatMap((other, i) => {
    return other === first ? [] : [`[${frameworks[i + 1]}] differs from ${frameworks[0]}:\n${other}\n— not —\n${first}`]
  })
}

/** The bytes that an exchange asks for, with what every request needs. */
function requestOf(
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
