import { randomUUID } from 'node:crypto'
import type { ReportedEvent } from '../../conformance/harness/check.js'
import { frameworks } from '../../conformance/harness/contract-server.js'
import { type Answer, Process } from './process.js'

/** Processes that share a store, each of another framework than the one before. */
export class Cluster {
  readonly #store: string
  readonly #revocation: 'expiry' | 'immediate'
  readonly processes: Process[] = []

  /** Starts all at once. */
  static async start(store: string, size: number, revocation: 'expiry' | 'immediate' = 'expiry'): Promise<Cluster> {
    const cluster = new Cluster(store, revocation)
    const started = await Promise.all(Array.from({ length: size }, (_, n) => cluster.#launch(n)))
    cluster.processes.push(...started)
    return cluster
  }

  private constructor(store: string, revocation: 'expiry' | 'immediate') {
    this.#store = store
    this.#revocation = revocation
  }

  /** The n-th process, counted round and round. */
  at(n: number): Process {
    const process = this.processes[n % this.processes.length]
    if (process === undefined) throw new Error('there is no process')
    return process
  }

  /** A subject that nobody else has. */
  newSubject(): string {
    return `user-${randomUUID()}`
  }

  /** Asks so many times at once, each time another process. */
  atOnce(times: number, ask: (process: Process, n: number) => Promise<Answer>): Promise<readonly Answer[]> {
    return Promise.all(Array.from({ length: times }, (_, n) => ask(this.at(n), n)))
  }

  /** What all have reported since this was last asked. */
  async newEvents(): Promise<readonly ReportedEvent[]> {
    return (await Promise.all(this.processes.map((process) => process.newEvents()))).flat()
  }

  /** Starts another process in place of the n-th, which has been killed. */
  async replace(n: number): Promise<void> {
    this.processes[n % this.processes.length] = await this.#launch(n)
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()))
  }

  #launch(n: number): Promise<Process> {
    return Process.start(frameworks[n % frameworks.length] ?? 'fastify', this.#store, this.#revocation)
  }
}
