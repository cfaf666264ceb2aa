import type { Family, FamilyRecord } from '@latchkey/session'
import { fromStoredText } from '@latchkey/session/store-kit'
import { fields } from './family-scripts.js'

/** A list in a script's reply. */
export function list(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply))
    throw new TypeError('A script of the session store has answered something else than a list.')
  return reply
}

/** A text in a script's reply. Clients may be set to give bytes. */
export function text(reply: unknown): string {
  if (reply === null || reply === undefined)
    throw new TypeError('A script of the session store has left something out.')
  return String(reply)
}

/** A number in a script's reply, where they travel as text: Lua would cut off fractions. */
export function number(reply: unknown): number {
  return Number(text(reply))
}

/** A family's hash. */
export function familyRecord(id: string, reply: unknown): FamilyRecord {
  const values = list(reply)
  const raw = (name: (typeof fields)[number]) => values[fields.indexOf(name)] ?? null
  const optional = (name: (typeof fields)[number]) => (raw(name) === null ? null : text(raw(name)))
  const clientId = optional('clientId')
  const graceUntil = optional('graceUntil')
  const family: Family = {
    id,
    sub: fromStoredText(text(raw('sub'))),
    ...(clientId === null ? {} : { clientId: fromStoredText(clientId) }),
    scope: JSON.parse(text(raw('scope'))),
    claims: JSON.parse(text(raw('claims'))),
    startedAt: number(raw('startedAt')),
    expiresAt: number(raw('expiresAt')),
    absoluteEnd: number(raw('absoluteEnd')),
  }
  return {
    family,
    current: text(raw('current')),
    parent: optional('parent'),
    graceUntil: graceUntil === null ? null : Number(graceUntil),
    tagKey: text(raw('tagKey')),
  }
}
