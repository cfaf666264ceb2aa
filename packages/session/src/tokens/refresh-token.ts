import { base64url, CompactEncrypt, type CryptoKey, compactDecrypt } from 'jose'
import { toStoredText } from '../store/kit/stored-text.js'

/**
 * The parts of a refresh token `<id>.<secret>.<tag>`, each in base64url without padding. Clients need not know this form.
 *
 * - `id` names the family: 12 bytes of the subject's SHA-256, so that a store finds all families of a subject, then 15 random
 *   bytes.
 * - `secret` is 32 random bytes.
 * - `tag` is an HMAC of both, with a key that the store keeps for the family. It tells a token that was once issued from one
 *   that never was, without remembering each token. It does not make a token live: only the token whose hash the store keeps is
 *   live.
 */
export interface RefreshToken {
  readonly id: string
  readonly secret: string
  readonly tag: string
}

const familyId = '[A-Za-z0-9_-]{36}'
const idForm = new RegExp(`^${familyId}$`)
const thirtyTwoBytes = '[A-Za-z0-9_-]{43}'
const form = new RegExp(`^(${familyId})\\.(${thirtyTwoBytes})\\.(${thirtyTwoBytes})$`)

/** Splits a presented text into its parts; undefined if it does not have the form of a refresh token. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, id, secret, tag] = form.exec(text) ?? []
  return id === undefined || secret === undefined || tag === undefined ? undefined : { id, secret, tag }
}

/** Gives the 16 characters with which the ids of a subject's families begin. */
export async function subjectSelector(sub: string): Promise<string> {
  const digest = await sha256(toStoredText(sub))
  return base64url.encode(digest.subarray(0, 12))
}

/** Makes the id of a new family: 36 characters of base64url. */
export async function newFamilyId(sub: string): Promise<string> {
  return (await subjectSelector(sub)) + randomText(15)
}

/**
 * Whether a value has the form of a family's id. Ask this before a store gets an id that may come from a client: a database
 * fails on some texts.
 */
export function isFamilyId(value: unknown): value is string {
  return typeof value === 'string' && idForm.test(value)
}

/** Makes a new family's key for the tags of its tokens: 32 random bytes in base64url. */
export function newTagKey(): string {
  return randomText(32)
}

/** Makes a new refresh token of a family. */
export async function makeRefreshToken(id: string, tagKey: string): Promise<string> {
  const secret = randomText(32)
  const key = await importTagKey(tagKey)
  const tag = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${id}.${secret}`))
  return `${id}.${secret}.${base64url.encode(new Uint8Array(tag))}`
}

/** Whether a token was once issued for its family. It compares in constant time. */
export async function wasIssued({ id, secret, tag }: RefreshToken, tagKey: string): Promise<boolean> {
  const key = await importTagKey(tagKey)
  const bytes = Uint8Array.from(base64url.decode(tag))
  // The last of 43 characters carries only four bits of the 32 bytes, so several texts stand for the same bytes. Only one was
  // issued.
  if (base64url.encode(bytes) !== tag) return false
  return crypto.subtle.verify('HMAC', key, bytes, new TextEncoder().encode(`${id}.${secret}`))
}

/** Gives the hash that a store keeps in place of a token: the SHA-256 of the whole text. 256 random bits need no slow hash. */
export async function hashRefreshToken(text: string): Promise<string> {
  return base64url.encode(await sha256(text))
}

/**
 * Encrypts a successor for the holder of its parent: as a JWE (`dir`, `A256GCM`), with a key derived from the parent, which the
 * store does not have.
 */
export async function sealSuccessor(successor: string, parent: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(successor))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(await sealingKey(parent))
}

/** Decrypts what `sealSuccessor` has encrypted for the same parent. */
export async function unsealSuccessor(sealed: string, parent: string): Promise<string> {
  const { plaintext } = await compactDecrypt(sealed, await sealingKey(parent), {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  return new TextDecoder().decode(plaintext)
}

/** Derives the key from the parent. The label makes it differ from the hash that the store keeps. */
function sealingKey(parent: string): Promise<Uint8Array> {
  return sha256(`latchkey refresh successor\n${parent}`)
}

/** Imports a key that `newTagKey` has made, for HMAC-SHA-256. The challenges of devices have such keys too. */
export function importTagKey(tagKey: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(base64url.decode(tagKey))
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function randomText(bytes: number): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)))
}
