import { createHash } from 'node:crypto'
import type { Clock } from '@latchkey/core'
import {
  type Family,
  type FamilyRecord,
  type FamilyStore,
  type NewFamily,
  type Rotation,
  type RotationResult,
  StoreUnavailableError,
} from '@latchkey/session'
import { fromStoredText, ServerTime, toStoredText } from '@latchkey/session/store-kit'
import type { Database, Row } from './database.js'
import { familyStatements } from './family-statements.js'
import type { Names } from './names.js'

/** Seconds after which a rotation is not carried out any more: whoever asked for it has been told so. */
const patience = 3
/** Real seconds between two sweeps by one process. */
const sweepInterval = 1
/** Says whose advisory locks these are. */
const lockClass = 1_281_455_203

/** The present for a statement: null leaves it to the server. */
export type Now = () => number | null

/** The families, a row each. */
export function postgresFamilyStore(database: Database, names: Names, now: Now): FamilyStore {
  const statements = familyStatements(names)
  const time = new ServerTime()
  let sweptAt = Number.NEGATIVE_INFINITY

  /** What is over goes with the operations that make more of it, before them: a failure then has changed nothing. */
  async function sweep(): Promise<void> {
    if (performance.now() - sweptAt < sweepInterval * 1000) return
    sweptAt = performance.now()
    await database.query(statements.sweep, [now()])
  }

  async function start(family: NewFamily): Promise<Family> {
    const { id, sub, clientId, scope, claims, current, tagKey, idleTtl, absoluteTtl } = family
    const stored = [toStoredText(sub), clientId === undefined ? null : toStoredText(clientId)]
    const granted = [JSON.stringify(scope), JSON.stringify(claims)]
    const values = [now(), lockClass, lockOf(sub), id, ...stored, ...granted, current, tagKey, idleTtl, absoluteTtl]
    await sweep()
    const [times = {}] = await database.query(statements.start, values)
    const client = clientId === undefined ? {} : { clientId }
    return { id, sub, ...client, scope, claims, ...timesOf(times) }
  }

  async function read(id: string): Promise<FamilyRecord | null> {
    const [row = {}] = await database.query(statements.read, [now(), id])
    time.learn(number(row, 'server'))
    return row['id'] === null ? null : recordOf(row)
  }

  async function rotate(rotation: Rotation): Promise<RotationResult> {
    const began = performance.now()
    await sweep()
    for (;;) {
      const { id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, grant } = rotation
      const step = [presented, successor, sealedSuccessor, reuseGrace, idleTtl, time.in(patience) ?? null]
      const granted = grant === undefined ? [null, null] : [JSON.stringify(grant.scope), JSON.stringify(grant.claims)]
      const [row = {}] = await database.query(statements.rotate, [now(), id, ...step, ...granted])
      time.learn(number(row, 'server'))
      if (row['outcome'] !== 'late') return resultOf(row)
      // Late by an estimate of the server's clock that was wrong; it is right now.
      if (performance.now() - began > patience * 1000) throw new StoreUnavailableError()
    }
  }

  return {
    start,
    read,
    rotate,
    end: async (id) => (await database.query(statements.end, [now(), id])).length > 0,
    endAll: async (sub) => {
      // Log-ins of the subject come before or after, never between: what a statement sees is settled when it begins.
      const opening = `select pg_advisory_xact_lock(${lockClass}, ${lockOf(sub)})`
      const ended = await database.queryAfter(opening, statements.endAll, [now(), toStoredText(sub)])
      return ended.map((row) => text(row, 'id'))
    },
    list: async (sub) => {
      const rows = await database.query(statements.list, [now(), toStoredText(sub)])
      return rows.map((row) => recordOf(row).family)
    },
  }
}

/** The clock of the app, if it gave one. */
export function nowOf(clock: Clock | undefined): Now {
  return clock ?? (() => null)
}

function lockOf(sub: string): number {
  return createHash('sha256').update(toStoredText(sub)).digest().readInt32BE()
}

function text(row: Row, column: string): string {
  const value = row[column]
  if (value === null || value === undefined)
    throw new TypeError('A statement of the session store has left something out.')
  return value
}

function number(row: Row, column: string): number {
  return Number(text(row, column))
}

function timesOf(row: Row): Pick<Family, 'startedAt' | 'expiresAt' | 'absoluteEnd'> {
  return {
    startedAt: number(row, 'started_at'),
    expiresAt: number(row, 'expires_at'),
    absoluteEnd: number(row, 'absolute_end'),
  }
}

function recordOf(row: Row): FamilyRecord {
  const clientId = row['client_id'] ?? null
  const graceUntil = row['grace_until'] ?? null
  return {
    family: {
      id: text(row, 'id'),
      sub: fromStoredText(text(row, 'sub')),
      ...(clientId === null ? {} : { clientId: fromStoredText(clientId) }),
      scope: JSON.parse(text(row, 'scope')),
      claims: JSON.parse(text(row, 'claims')),
      ...timesOf(row),
    },
    current: text(row, 'current'),
    parent: row['parent'] ?? null,
    graceUntil: graceUntil === null ? null : Number(graceUntil),
    tagKey: text(row, 'tag_key'),
  }
}

function resultOf(row: Row): RotationResult {
  const outcome = row['outcome']
  switch (outcome) {
    case 'rotated':
      return { outcome, family: recordOf(row).family }
    case 'repeated':
      return { outcome, family: recordOf(row).family, sealedSuccessor: text(row, 'sealed_successor') }
    case 'mismatch':
      return { outcome, tagKey: text(row, 'tag_key') }
    default:
      return { outcome: 'unknown' }
  }
}
