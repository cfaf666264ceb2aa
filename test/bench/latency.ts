import { Agent, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Load } from './load.js'
import { quantile } from './measure.js'
import { RotatingIssuer } from './rotating-issuer.js'
import type { Row, Section } from './section.js'
import { ServerProcess } from './server-process.js'
import { audience, createBenchKey, signBenchToken } from './tokens.js'

/** Good requests per second whose latency is taken, whatever else happens. */
const pace = 500

/** Seconds that a flood runs before anything is counted: 64 connections at once wait for each other, flood or not. */
const settling = 1

/** (e) Latency of good requests while keys rotate, and while forged tokens come as fast as they are answered. */
export async function latency(seconds: number): Promise<Section[]> {
  const issuer = await RotatingIssuer.start()
  const context = { issuer: issuer.url, audience, jwksUri: issuer.jwksUri, jwk: issuer.key.jwk, pem: issuer.key.pem }
  const server = await ServerProcess.start('fastify', 'latchkey', context)
  try {
    const good = Array.from({ length: 20 }, () => signBenchToken(issuer.key, { iss: issuer.url }))
    await probe(server.url, 1, () => good[0] ?? '')
    return [await underRotation(server, issuer, good, seconds), await underFlood(server, issuer, good, seconds)]
  } finally {
    server.stop()
    issuer.stop()
  }
}

/** Half a run with the old key's tokens alone, then with old and new ones in turn, the new key's not yet held. */
async function underRotation(server: ServerProcess, issuer: RotatingIssuer, old: readonly string[], seconds: number) {
  const calm = await probe(server.url, seconds, (n) => old[n % old.length] ?? '')
  const key = issuer.rotate()
  const fresh = Array.from({ length: 20 }, () => signBenchToken(key, { iss: issuer.url }))
  const tokens = (n: number) => (n % 2 === 0 ? old : fresh)[n % 20] ?? ''
  const rotating = await probe(server.url, seconds, tokens)
  const bySide = (rest: number) => rotating.filter((_, n) => n % 2 === rest)
  const rows = [
    ...percentiles('before', calm),
    ...percentiles('rotating, old key', bySide(0)),
    ...percentiles('rotating, new key', bySide(1)),
  ]
  return section('latency-rotation', 'Latency while keys rotate', rows, `The key set takes ${issuer.delay} ms to come.`)
}

/** The same good requests beside floods: of nothing, of good tokens, of forged ones, of malformed ones. */
async function underFlood(server: ServerProcess, issuer: RotatingIssuer, good: readonly string[], seconds: number) {
  const stranger = createBenchKey('RS256', issuer.key.kid)
  const floods: [string, string[]][] = [
    ['flood of good tokens', Array.from({ length: 100 }, () => signBenchToken(issuer.key, { iss: issuer.url }))],
    ['flood of forged tokens', Array.from({ length: 100 }, () => signBenchToken(stranger, { iss: issuer.url }))],
    ['flood of malformed tokens', ['A'.repeat(8000)]],
  ]
  const rows = percentiles('no flood', await probe(server.url, seconds, (n) => good[n % good.length] ?? ''))
  for (const [name, tokens] of floods) {
    const load = await Load.start(server.url, tokens)
    const samples = await probe(server.url, seconds + settling, (n) => good[n % good.length] ?? '')
    await load.end()
    rows.push(...percentiles(name, samples.slice(settling * pace)))
  }
  const note = 'The flood comes over 32 connections, each of which asks again as soon as it is answered.'
  return section('latency-flood', 'Latency of good requests beside a flood', rows, note)
}

/**
 * Sends good requests at a fixed pace, each when it is due whether or not the one before was answered; a latency counts
 * from then. In milliseconds, in the order of sending.
 */
async function probe(url: string, seconds: number, token: (n: number) => string): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const start = performance.now()
  const total = Math.round(seconds * pace)
  const answers: Promise<number>[] = []
  while (answers.length < total) {
    while (answers.length < total && performance.now() - start >= (answers.length * 1000) / pace) {
      const due = start + (answers.length * 1000) / pace
      answers.push(ask(url, agent, token(answers.length)).then(() => performance.now() - due))
    }
    // Not in a busy loop, which would take the server's core from it.
    await wait(1)
  }
  const samples = await Promise.all(answers)
  agent.destroy()
  return samples
}

function ask(url: string, agent: Agent, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`A good request was answered ${response.statusCode}.`))
      response.resume().once('end', resolve)
    })
    request.once('error', reject)
  })
}

function percentiles(name: string, samples: readonly number[]): Row[] {
  const sorted = [...samples].sort((a, b) => a - b)
  return [0.5, 0.99, 0.999].map((share) => {
    const value = quantile(sorted, share)
    return { name: `${name}: p${share * 100}`, value: { median: value, low: value, high: value } }
  })
}

function section(id: string, title: string, rows: readonly Row[], note: string): Section {
  return { id, title, unit: 'ms', better: 'less', rows, note: `${pace} good requests per second on Fastify. ${note}` }
}
