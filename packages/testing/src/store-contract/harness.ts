import type { NewFamily, Rotation, SessionStore } from '@latchkey/session'
import { newFamilyId } from '@latchkey/session/store-kit'

/** A store in a state of its own, for one test. */
export interface StoreUnderTest {
  /** Clients of one empty store. Several connections where it is a database: the races then run between them. */
  readonly clients: readonly [SessionStore, ...SessionStore[]]
  /** Moves the clock that the clients were made with; in whole seconds. */
  advance(seconds: number): void | Promise<void>
  /**
   * How much the store holds at present, in whatever measure it has (bytes, keys, rows). With it the contract checks that
   * state does not grow with refreshes.
   */
  size?(): Promise<number>
  close(): Promise<void>
}

/** The part of a test runner that the contract needs: vitest's, or that of `node:test`. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
}

/** What each part of the contract is given. */
export interface Contract {
  /** Defines a test that runs against a freshly opened store and closes it afterwards. */
  test(name: string, body: (store: StoreUnderTest) => Promise<void>): void
  /** How many schedules are tried. */
  readonly runs: number
}

/** Seconds that the contract's families live for. */
export const idleTtl = 100
export const absoluteTtl = 250
export const reuseGrace = 10

let counter = 0

/** A value of the size and alphabet of a hash, never the same twice. */
export function newHash(): string {
  counter++
  return `hash${counter}`.padEnd(43, '-')
}

/** A subject that no other test has. */
export function newSubject(): string {
  return `user ${crypto.randomUUID()} ü "'\\`
}

/** A family to begin, with a valid id for its subject. */
export async function newFamily(change: Partial<NewFamily> = {}): Promise<NewFamily> {
  const sub = change.sub ?? newSubject()
  return {
    id: await newFamilyId(sub),
    sub,
    scope: ['read'],
    claims: {},
    current: newHash(),
    tagKey: newHash(),
    idleTtl,
    absoluteTtl,
    ...change,
  }
}

/** A step from a presented hash to a new one. */
export function rotation(id: string, presented: string, change: Partial<Rotation> = {}): Rotation {
  const successor = newHash()
  return { id, presented, successor, sealedSuccessor: `sealed ${successor}`, reuseGrace, idleTtl, ...change }
}

/** The clients in turn, as often as asked for. */
export function inTurn(clients: StoreUnderTest['clients'], times: number): SessionStore[] {
  return Array.from({ length: times }, (_, index) => clients[index % clients.length] ?? clients[0])
}

/** How many of these there are of each kind. */
export function countBy<T>(values: readonly T[], kind: (value: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[kind(value)] = (counts[kind(value)] ?? 0) + 1
  return counts
}
