import type { Family, FamilyRecord } from '@latchkey/session'
import { fromStoredText } from '@latchkey/session/store-kit'
import type { Row } from './connection.js'

/** The columns of a family that statements give. */
export const columns: readonly string[] = [
  'id',
  'sub',
  'client_id',
  'audience',
  'scope',
  'claims',
  'label',
  'started_at',
  'refreshed_at',
  'expires_at',
  'absolute_end',
  'current',
  'parent',
  'grace_until',
  'tag_key',
  'challenge_key',
  'device_key',
]

/** Reads a text that is never null. */
export function text(row: Row, column: string): string {
  const value = row[column]
  if (value === null || value === undefined)
    throw new TypeError('A statement of the session store has left something out.')
  return value
}

/** Reads a number that is never null. */
export function number(row: Row, column: string): number {
  return Number(text(row, column))
}

/** Turns a row into the record of a family. */
export function recordOf(row: Row): FamilyRecord {
  const clientId = row['client_id'] ?? null
  const label = row['label'] ?? null
  const graceUntil = row['grace_until'] ?? null
  const family: Family = {
    id: text(row, 'id'),
    sub: fromStoredText(text(row, 'sub')),
    ...(clientId === null ? {} : { clientId: fromStoredText(clientId) }),
    audience: JSON.parse(text(row, 'audience')),
    scope: JSON.parse(text(row, 'scope')),
    claims: JSON.parse(text(row, 'claims')),
    label: label === null ? null : fromStoredText(label),
    startedAt: number(row, 'started_at'),
    refreshedAt: number(row, 'refreshed_at'),
    expiresAt: number(row, 'expires_at'),
    absoluteEnd: number(row, 'absolute_end'),
  }
  return {
    family,
    current: text(row, 'current'),
    parent: row['parent'] ?? null,
    graceUntil: graceUntil === null ? null : Number(graceUntil),
    tagKey: text(row, 'tag_key'),
    challengeKey: row['challenge_key'] ?? null,
    deviceKey: row['device_key'] ?? null,
  }
}
