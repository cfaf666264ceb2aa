import assert from 'node:assert/strict'
import type {
  Ended,
  FamilyRecord,
  FamilyStore,
  Gone,
  NewFamily,
  Rotation,
  RotationResult,
  SessionStore,
  WhyGone,
} from '@latchkey/session'
import { newFamilyId } from '@latchkey/session/store-kit'

/** A store in a state of its own, for one test. */
export interface StoreUnderTest {
  /** Clients of one empty store. Several connections where it is a database: the races then run between them. */
  readonly stores: readonly [SessionStore, ...SessionStore[]]
  /** Moves the clock that the clients were made with; in whole seconds. */
  advance(seconds: number): void | Promise<void>
  /**
   * How much the store holds at present, in whatever measure it has (bytes, keys, rows). With it the contract checks that
   * state does not grow with refreshes.
   */
  size?(): Promise<number>
  close(): Promise<void>
}

/** A store under test, as most tests want it. */
export interface OpenStore extends StoreUnderTest {
  /** The sessions of one issuer, through each client. */
  readonly clients: Clients
}

/** The sessions of one issuer, through each client of a store. */
export type Clients = readonly [FamilyStore, ...FamilyStore[]]

/** The part of a test runner that the contract needs: vitest's, or that of `node:test`. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>): unknown
}

/** What each part of the contract is given. */
export interface Contract {
  /** Defines a test that runs against a freshly opened store and closes it afterwards. */
  test(name: string, body: (store: OpenStore) => Promise<void>): void
  /** How many schedules are tried. */
  readonly runs: number
}

/** Seconds that the contract's families live for. */
export const idleTtl = 100
export const absoluteTtl = 250
export const reuseGrace = 10
export const accessTtl = 30

/** The issuer that most tests are about. */
export const issuer = 'https://issuer.example'

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
    audience: ['https://api.example'],
    scope: ['read'],
    claims: {},
    label: null,
    current: newHash(),
    tagKey: newHash(),
    idleTtl,
    absoluteTtl,
    accessTtl,
    perSubject: 100,
    ...change,
  }
}

/** A step from a presented hash to a new one. */
export function rotation(id: string, presented: string, change: Partial<Rotation> = {}): Rotation {
  const successor = newHash()
  return { id, presented, successor, sealedSuccessor: `sealed ${successor}`, reuseGrace, idleTtl, accessTtl, ...change }
}

/** The clients in turn, as often as asked for. */
export function inTurn<T>(clients: readonly [T, ...T[]], times: number): T[] {
  return Array.from({ length: times }, (_, index) => clients[index % clients.length] ?? clients[0])
}

/** How many of these there are of each kind. */
export function countBy<T>(values: readonly T[], kind: (value: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[kind(value)] = (counts[kind(value)] ?? 0) + 1
  return counts
}

/** What is kept of a family, which has to live. */
export async function readLiving(store: FamilyStore, id: string): Promise<FamilyRecord> {
  const found = await store.read(id)
  assert.ok(!('gone' in found), `gone: ${JSON.stringify(found)}`)
  return found
}

/** A family does not live, for this reason, where the store still knows it. */
export function assertGone(found: FamilyRecord | Gone | RotationResult, why: WhyGone): void {
  assert.ok('gone' in found, `It lives: ${JSON.stringify(found)}`)
  if (found.gone !== 'unknown' || why === 'unbound') assert.equal(found.gone, why)
}

export function idsOf(families: readonly Pick<Ended, 'id'>[]): readonly string[] {
  return families.map(({ id }) => id)
}

/** Databases keep times in their own precision. */
export function assertSeconds(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} seconds, and not ${expected}`)
}
