import { randomUUID } from 'node:crypto'
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
import type { Run } from './lua.js'
import { type Names, selectorOf } from './names.js'
import { foundOf } from './record.js'
import { list, number, text } from './replies.js'
import type { LogEntry, RedisRevocationLog } from './revocation-log.js'
import {
  bindFamily,
  endFamilies,
  listFamilies,
  readFamily,
  readSealed,
  replaceSealed,
  rotateFamily,
  startFamily,
} from './statements.js'

/** Makes the store of one issuer's sessions. All sessions of a subject are in one hash. */
export function redisFamilyStore(run: Run, names: Names, revocations: RedisRevocationLog): FamilyStore {
  const time = new ServerTime()
  const subjectOf = (id: string): string => names.subject(selectorOf(id))
  const keysOf = (id: string): readonly string[] => [subjectOf(id), names.successor(id)]

  async function rotate(
    { id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, accessTtl, grant, proven }: Rotation,
    within: number = defaultWithin,
  ): Promise<RotationResult> {
    const granted = grant === undefined ? [] : [JSON.stringify(grant.scope), JSON.stringify(grant.claims)]
    const step = [id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, accessTtl]
    return time.inTime(within, async (notAfter) => {
      const values = [...step, notAfter ?? '', String(proven === true), ...granted]
      const [serverTime, outcome, ...details] = list(await run(rotateFamily, keysOf(id), ...values))
      time.learn(number(serverTime))
      return text(outcome) === 'late' ? undefined : resultOf(id, text(outcome), details)
    })
  }

  /**
   * Ends sessions: first it revokes them, then it ends them. If the process dies in between, their access tokens are refused,
   * and they can be ended again. There is never an ended session whose tokens still pass. If a rotation has issued a token
   * meanwhile, the session is revoked again, for longer.
   *
   * @param id the session; an empty text means all of the subject
   */
  async function end(selector: string, id: string, within: number): Promise<readonly Ended[]> {
    const deadline = new Deadline(within)
    const keys = [
      names.subject(selector),
      names.answer(selector, randomUUID()),
      ...(id === '' ? [] : [names.successor(id)]),
    ]
    const look = async (mode: 'look' | 'end'): Promise<readonly LogEntry[]> =>
      list(await run(endFamilies, keys, id, mode)).map(entryOf)
    const before = await look('look')
    deadline.left()
    await revocations.add(before)
    deadline.left()
    const ended = await look('end')
    const known = new Map(before.map(({ id, until }) => [id, until]))
    await revocations.add(ended.filter(({ id, until }) => until > (known.get(id) ?? 0)))
    return ended.map(endedOf)
  }

  return {
    start: async (family) => {
      const [begun, evicted] = list(await run(startFamily, [subjectOf(family.id)], ...startValues(family)))
      const entries = list(evicted).map(entryOf)
      await revocations.add(entries)
      return startedOf(family.id, begun, entries)
    },
    read: async (id) => {
      const [serverTime, gone, record] = list(await run(readFamily, [subjectOf(id)], id))
      time.learn(number(serverTime))
      return gone === null ? foundOf(id, record).record : goneOf(gone)
    },
    rotate,
    end: async (id, within = defaultWithin) => (await end(selectorOf(id), id, within))[0] ?? null,
    endAll: async (sub, within = defaultWithin) => end(await subjectSelector(sub), '', within),
    list: async (sub) => {
      const found = list(await run(listFamilies, [names.subject(await subjectSelector(sub))])).map((each) => {
        const [id, record] = list(each)
        return foundOf(text(id), record)
      })
      return found
        .map(({ record: { family }, started }) => ({ family, started }))
        .sort((a, b) => b.family.startedAt - a.family.startedAt || b.started - a.started)
        .map(({ family }) => family)
    },
    bind: async ({ id, deviceKey, within }) =>
      bindingOf(text(await run(bindFamily, keysOf(id), id, deviceKey, within))),
    readSealed: async (id) => {
      const sealed = await run(readSealed, [subjectOf(id)], id)
      return sealed === null ? null : text(sealed)
    },
    replaceSealed: async (id, expected, next) =>
      number(await run(replaceSealed, [subjectOf(id)], id, marked(expected), marked(next))) === 1,
    revocations,
  }
}

function startValues(family: NewFamily): readonly (string | number)[] {
  const { id, sub, clientId, audience, scope, claims, label, current, tagKey, challengeKey, sealed } = family
  const { idleTtl, absoluteTtl, accessTtl, perSubject, bindWithin = '' } = family
  const optional = (value: string | null | undefined): string => marked(value == null ? null : toStoredText(value))
  return [
    ...[id, idleTtl, absoluteTtl, accessTtl, perSubject, bindWithin, marked(sealed ?? null), current, tagKey],
    ...[toStoredText(sub), JSON.stringify(audience), JSON.stringify(scope), JSON.stringify(claims)],
    ...[optional(clientId), optional(label), marked(challengeKey ?? null)],
  ]
}

/** Writes an optional text so that null differs from an empty text. */
function marked(value: string | null): string {
  return value === null ? '' : `=${value}`
}

function startedOf(id: string, begun: unknown, evicted: readonly LogEntry[]): Started {
  const { family } = foundOf(id, begun).record
  return { family, evicted: evicted.map(endedOf) }
}

function entryOf(reply: unknown): LogEntry {
  const [id, until, revokeFor, unbound] = list(reply)
  return {
    id: text(id),
    until: number(until),
    revokeFor: Math.max(0, number(revokeFor)),
    unbound: text(unbound) === 'true',
  }
}

function endedOf({ id, revokeFor, unbound }: LogEntry): Ended {
  return { id, revokeFor, unbound }
}

function resultOf(id: string, outcome: string, [first, second]: readonly unknown[]): RotationResult {
  switch (outcome) {
    case 'rotated':
      return { outcome, family: foundOf(id, first).record.family }
    case 'repeated':
      return { outcome, family: foundOf(id, first).record.family, sealedSuccessor: text(second) }
    case 'mismatch':
      return { outcome, tagKey: text(first) }
    default:
      return { outcome: 'gone', ...goneOf(first) }
  }
}

const reasons: readonly WhyGone[] = ['idle', 'absolute', 'unbound']

function goneOf(reply: unknown): Gone {
  return { gone: reasons.find((reason) => reason === text(reply)) ?? 'unknown' }
}

const bindings: readonly BindingResult[] = ['bound', 'same', 'other', 'late']

function bindingOf(reply: string): BindingResult {
  return bindings.find((result) => result === reply) ?? 'gone'
}
