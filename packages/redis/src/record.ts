import type { Family, FamilyRecord } from '@latchkey/session'
import { fromStoredText } from '@latchkey/session/store-kit'
import { list, number, text } from './replies.js'

/** The fields of a session, in the order in which scripts pack and give them. */
const fields = [
  'sub',
  'clientId',
  'audience',
  'scope',
  'claims',
  'label',
  'tagKey',
  'challengeKey',
  'startedAt',
  'refreshedAt',
  'expiresAt',
  'absoluteEnd',
  'accessUntil',
  'bindBy',
  'current',
  'parent',
  'graceUntil',
  'deviceKey',
  'started',
  'touched',
  'evicted',
] as const

type Field = (typeof fields)[number]

/** Lua code that names the places of the fields: `f.sub` is 1. An absent field is false. */
export const fieldsInLua: string = `local f = {${fields.map((name, i) => `${name} = ${i + 1}`).join(', ')}}`

/** A session as a script gives it. */
export interface Found {
  readonly record: FamilyRecord
  /** Counts the starts of the subject's sessions, because two may start at the same time. */
  readonly started: number
}

/** Reads a session from a script's reply. */
export function foundOf(id: string, reply: unknown): Found {
  const values = list(reply)
  const raw = (name: Field): unknown => values[fields.indexOf(name)] ?? null
  const optional = (name: Field): string | null => (raw(name) === null ? null : text(raw(name)))
  const stored = (name: Field): string | null => {
    const value = optional(name)
    return value === null ? null : fromStoredText(value)
  }
  const [clientId, graceUntil] = [stored('clientId'), optional('graceUntil')]
  const family: Family = {
    id,
    sub: fromStoredText(text(raw('sub'))),
    ...(clientId === null ? {} : { clientId }),
    audience: JSON.parse(text(raw('audience'))),
    scope: JSON.parse(text(raw('scope'))),
    claims: JSON.parse(text(raw('claims'))),
    label: stored('label'),
    startedAt: number(raw('startedAt')),
    refreshedAt: number(raw('refreshedAt')),
    expiresAt: number(raw('expiresAt')),
    absoluteEnd: number(raw('absoluteEnd')),
  }
  const record = {
    family,
    current: text(raw('current')),
    parent: optional('parent'),
    graceUntil: graceUntil === null ? null : Number(graceUntil),
    tagKey: text(raw('tagKey')),
    challengeKey: optional('challengeKey'),
    deviceKey: optional('deviceKey'),
  }
  return { record, started: number(raw('started')) }
}
