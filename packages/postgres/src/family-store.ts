import { createHash } from 'node:crypto'
import type {
  BindingResult,
  Ended,
  FamilyStore,
  Gone,
  NewFamily,
  Rotation,
  RotationResult,
  Started,
  WhyGone,
} from '@latchkey/session'
import { Deadline, defaultWithin, ServerTime, subjectSelector, toStoredText } from '@latchkey/session/store-kit'
import type { Row, Value } from './connection.js'
import { number, recordOf, text } from './record.js'
import { postgresRevocationLog, type RevocationLogContext } from './revocation-log.js'
import { familyStatements } from './statements.js'
import type { Sweep } from './sweeper.js'

/** Tells our advisory locks from those of others. */
const lockClass = 1_281_455_203

/** What `postgresFamilyStore` needs. */
export interface FamilyStoreContext extends RevocationLogContext {
  readonly sweep: Sweep
}

/** Makes the store of one issuer's sessions. Each session is a row. */
export function postgresFamilyStore(issuer: string, context: FamilyStoreContext): FamilyStore {
  const { connection, names, now, sweep } = context
  const statements = familyStatements(names)
  const hash = createHash('sha256').update(issuer).digest().subarray(0, 12).toString('base64url')
  const time = new ServerTime()

  const ask = (statement: string, values: readonly Value[], within = defaultWithin): Promise<readonly Row[]> =>
    connection.query(statement, [now(), hash, ...values], within)

  /** Runs `start` and `endAll` of one subject one after the other, because a statement sees only what was there when it began. */
  const askAlone = (selector: string, statement: string, values: readonly Value[], within: number) => {
    const lock = Buffer.from(selector, 'base64url').readInt32BE()
    const opening = `select pg_advisory_xact_lock(${lockClass}, ${lock})`
    return connection.queryAfter(opening, statement, [now(), hash, ...values], within)
  }

  async function start(family: NewFamily, within = defaultWithin): Promise<Started> {
    const deadline = new Deadline(within)
    const selector = await subjectSelector(family.sub)
    await sweep(within)
    const values = startValues(family, selector, names.channel)
    const [row = {}] = await askAlone(selector, statements.start, values, deadline.left())
    const evicted: readonly [string, number, string, string][] = JSON.parse(text(row, 'evicted'))
    return {
      family: recordOf(row).family,
      evicted: evicted.map(([id, revokeFor, unbound]) => ({ id, revokeFor, unbound: unbound === 'true' })),
    }
  }

  async function rotate(rotation: Rotation, within = defaultWithin): Promise<RotationResult> {
    const { id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, accessTtl, grant, proven } = rotation
    const granted = grant === undefined ? [null, null] : [JSON.stringify(grant.scope), JSON.stringify(grant.claims)]
    const deadline = new Deadline(within)
    await sweep(within)
    return time.inTime(deadline.left(), async (notAfter, left) => {
      const asked = [id, notAfter ?? null, presented, successor, String(proven === true), sealedSuccessor]
      const values = [...asked, reuseGrace, idleTtl, accessTtl, ...granted]
      const [row = {}] = await ask(statements.rotate, values, left)
      time.learn(number(row, 'server'))
      return row['outcome'] === 'late' ? undefined : resultOf(row)
    })
  }

  return {
    start,
    read: async (id, within) => {
      const [row = {}] = await ask(statements.read, [id], within)
      time.learn(number(row, 'server'))
      return row['gone'] === null ? recordOf(row) : goneOf(row['gone'])
    },
    rotate,
    end: async (id, within) => endedOf(await ask(statements.end, [id, names.channel], within))[0] ?? null,
    endAll: async (sub, within = defaultWithin) => {
      const selector = await subjectSelector(sub)
      return endedOf(await askAlone(selector, statements.endAll, [selector, names.channel, toStoredText(sub)], within))
    },
    list: async (sub, within) => {
      const rows = await ask(statements.list, [await subjectSelector(sub), toStoredText(sub)], within)
      return rows.map((row) => recordOf(row).family)
    },
    bind: async ({ id, deviceKey, within: seconds }, within) => {
      const [row = {}] = await ask(statements.bind, [id, deviceKey, seconds], within)
      return bindingOf(row['result'])
    },
    readSealed: async (id, within) => (await ask(statements.readSealed, [id], within))[0]?.['sealed'] ?? null,
    replaceSealed: async (id, expected, next, within) =>
      (await ask(statements.replaceSealed, [id, expected, next], within)).length > 0,
    revocations: postgresRevocationLog(hash, context),
  }
}

function startValues(family: NewFamily, selector: string, channel: string): readonly Value[] {
  const { id, sub, clientId, audience, scope, claims, label, current, tagKey, challengeKey, sealed } = family
  const { idleTtl, absoluteTtl, accessTtl, perSubject, bindWithin } = family
  const optional = (value: string | null | undefined): string | null => (value == null ? null : toStoredText(value))
  return [
    ...[selector, channel, toStoredText(sub), perSubject, id, optional(clientId)],
    ...[JSON.stringify(audience), JSON.stringify(scope), JSON.stringify(claims), optional(label)],
    ...[current, tagKey, challengeKey ?? null, sealed ?? null, idleTtl, absoluteTtl, accessTtl, bindWithin ?? null],
  ]
}

function endedOf(rows: readonly Row[]): readonly Ended[] {
  return rows.map((row) => ({
    id: text(row, 'id'),
    revokeFor: number(row, 'revoke_for'),
    unbound: row['unbound'] === 'true',
  }))
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
      return { outcome: 'gone', ...goneOf(outcome) }
  }
}

const reasons: readonly WhyGone[] = ['idle', 'absolute', 'unbound', 'ended']

function goneOf(why: string | null | undefined): Gone {
  return { gone: reasons.find((reason) => reason === why) ?? 'unknown' }
}

const bindings: readonly BindingResult[] = ['bound', 'same', 'other', 'late']

function bindingOf(result: string | null | undefined): BindingResult {
  return bindings.find((binding) => binding === result) ?? 'gone'
}
