import { base64url, CompactEncrypt, type CryptoKey, compactDecrypt } from 'jose'
import { toStoredText } from '../store/kit/stored-text.js'

/**
 * A refresh token, taken apart: `<id>.<secret>.<tag>`, each part base64url without padding. Opaque to whoever holds it.
 *
 * - `id` selects the family: 12 bytes of SHA-256 of the subject, so that a store finds a subject's families together, then
 *   15 random bytes.
 * - `secret` is 32 random bytes.
 * - `tag` is an HMAC of both under a key that the store keeps for the family. It tells a token that was issued once from
 *   one that never was, without remembering each. It makes no token live: only the one whose hash the store holds is.
 */
export interface RefreshToken {
  readonly id: string
  readonly secret: string
  readonly tag: string
}

const thirtyTwoBytes = '[A-Za-z0-9_-]{43}'
const form = new RegExp(`^([A-Za-z0-9_-]{36})\\.(${thirtyTwoBytes})\\.(${thirtyTwoBytes})$`)

/** Takes a presented value apart; undefined for anything that is not of the form of a refresh token. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, id, secret, tag] = form.exec(text) ?? []
  return id === undefined || secret === undefined || tag === undefined ? undefined : { id, secret, tag }
}

/** What the ids of a subject's families begin with: 16 characters, of the one form in which a store keeps the subject. */
export async function subjectSelector(sub: string): Promise<string> {
  const digest = await sha256(toStoredText(sub))
  return base64url.encode(digest.subarray(0, 12))
}

/** A new family's id. */
export async function newFamilyId(sub: string): Promise<string> {
  return (await subjectSelector(sub)) + randomText(15)
}

/** A new family's key for the tags of its tokens: 32 random bytes. */
export function newTagKey(): string {
  return randomText(32)
}

/** Makes a new token of a family, as text. */
export async function makeRefreshToken(id: string, tagKey: string): Promise<string> {
  const secret = randomText(32)
  const key = await importTagKey(tagKey)
  const tag = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${id}.${secret}`))
  return `${id}.${secret}.${base64url.encode(new Uint8Array(tag))}`
}

/** Whether a token was issued for its family at some time; compares in constant time. */
export async function wasIssued({ id, secret, tag }: RefreshToken, tagKey: string): Promise<boolean> {
  const key = await importTagKey(tagKey)
  const bytes = Uint8Array.from(base64url.decode(tag))
  // The last of 43 characters carries four bits of the 32 bytes: one text only was issued of those that stand for them.
  if (base64url.encode(bytes) !== tag) return false
  return crypto.subtle.verify('HMAC', key, bytes, new TextEncoder().encode(`${id}.${secret}`))
}

/** What a store keeps in place of a token: SHA-256 of the whole text. 256 random bits need no slow hash. */
export async function hashRefreshToken(text: string): Promise<string> {
  return base64url.encode(await sha256(text))
}

/**
 * Seals a successor for the holder of its parent: a JWE (`dir`, `A256GCM`) under a key derived from the parent, which the
 * store does not have.
 */
export async function sealSuccessor(successor: string, parent: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(successor))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(await sealingKey(parent))
}

/** Opens what `sealSuccessor` sealed for the same parent. */
export async function unsealSuccessor(sealed: string, parent: string): Promise<string> {
  const { plaintext } = await compactDecrypt(sealed, await sealingKey(parent), {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  return new TextDecoder().decode(plaintext)
}

/** Another hash than the one that the store keeps, thanks to the label. */
function sealingKey(parent: string): Promise<Uint8Array> {
  return sha256(`latchkey refresh successor\n${parent}`)
}

function importTagKey(tagKey: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(base64url.decode(tagKey))
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function randomText(bytes: number): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
}
