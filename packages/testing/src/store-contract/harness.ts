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

/** An empty store for one test. */
export interface StoreUnderTest {
  /** Clients of the same store. For a database, give several connections: the races then run between them. */
  readonly stores: readonly [SessionStore, ...SessionStore[]]
  /** Moves the clock that the clients were made with, by whole seconds. */
  advance(seconds: number): void | Promise<void>
  /**
   * Says how much the store holds now, in any unit (bytes, keys, rows). With it, the contract checks that refreshes do not add
   * up.
   */
  size?(): Promise<number>
  /** Closes the clients. */
  close(): Promise<void>
}

/** A store under test, with the sessions of one issuer. */
export interface OpenStore extends StoreUnderTest {
  /** The sessions of one issuer, through each client. */
  readonly clients: Clients
}

/** The sessions of one issuer, through each client of a store. */
export type Clients = readonly [FamilyStore, ...FamilyStore[]]

/** The part of a test runner that the contracts need. Those of vitest and `node:test` have it. */
export interface TestRunner {
  /** Groups tests. */
  describe(name: string, body: () => void): unknown
  /** Defines a test. */
  test(name: string, body: () => Promise<void>): unknown
}

/** What each part of the contract gets. */
export interface Contract {
  /** Defines a test that opens a new store and closes it afterwards. */
  test(name: string, body: (store: OpenStore) => Promise<void>): void
  /** How many schedules are tried. */
  readonly runs: number
}

/** The durations of the contract's families, in seconds. */
export const idleTtl = 100
export const absoluteTtl = 250
export const reuseGrace = 10
export const accessTtl = 30

/** The issuer of most tests. */
export const issuer = 'https://issuer.example'

let counter = 0

/** Makes a text that looks like a hash, different each time. */
export function newHash(): string {
  counter++
  return `hash${counter}`.padEnd(43, '-')
}

/** Makes a subject that no other test has. */
export function newSubject(): string {
  return `user ${crypto.randomUUID()} ü "'\\`
}

/** Makes a family to start, with a valid id for its subject. */
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

/** Makes a rotation from a presented hash to a new one. */
export function rotation(id: string, presented: string, change: Partial<Rotation> = {}): Rotation {
  const successor = newHash()
  return { id, presented, successor, sealedSuccessor: `sealed ${successor}`, reuseGrace, idleTtl, accessTtl, ...change }
}

/** Gives the clients in turn, that many times. */
export function inTurn<T>(clients: readonly [T, ...T[]], times: number): T[] {
  return Array.from({ length: times }, (_, index) => clients[index % clients.length] ?? clients[0])
}

/** Counts the values of each kind. */
export function countBy<T>(values: readonly T[], kind: (value: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[kind(value)] = (counts[kind(value)] ?? 0) + 1
  return counts
}

/** Reads a family, which must be alive. */
export async function readLiving(store: FamilyStore, id: string): Promise<FamilyRecord> {
  const found = await store.read(id)
  assert.ok(!('gone' in found), `gone: ${JSON.stringify(found)}`)
  return found
}

/** Asserts that a family is not alive, for this reason, if the store still knows the reason. */
export function assertGone(found: FamilyRecord | Gone | RotationResult, why: WhyGone): void {
  assert.ok('gone' in found, `It lives: ${JSON.stringify(found)}`)
  if (found.gone !== 'unknown' || why === 'unbound') assert.equal(found.gone, why)
}

export function idsOf(families: readonly Pick<Ended, 'id'>[]): readonly string[] {
  return families.map(({ id }) => id)
}

/** Compares seconds with a tolerance, because databases keep times with their own precision. */
export function assertSeconds(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} seconds, and not ${expected}`)
}
