import { errors } from 'jose'
import { expect, test } from 'vitest'
import {
  hashRefreshToken,
  makeRefreshToken,
  newFamilyId,
  newTagKey,
  parseRefreshToken,
  type RefreshToken,
  sealSuccessor,
  subjectSelector,
  unsealSuccessor,
  wasIssued,
} from './refresh-token.js'

function parse(text: string): RefreshToken {
  const token = parseRefreshToken(text)
  if (token === undefined) throw new Error('not of the form of a refresh token')
  return token
}

test('names its family, and carries 256 random bits', async () => {
  const [id, tagKey] = [await newFamilyId('user-1'), newTagKey()]
  const [one, two] = [await makeRefreshToken(id, tagKey), await makeRefreshToken(id, tagKey)]
  expect(parse(one).id).toBe(id)
  expect(Buffer.from(parse(one).secret, 'base64url')).toHaveLength(32)
  expect(parse(one).secret).not.toBe(parse(two).secret)
})

test('begins the ids of a subject alike, and those of another not', async () => {
  const [one, two, other] = [await newFamilyId('user-1'), await newFamilyId('user-1'), await newFamilyId('user-2')]
  const selector = await subjectSelector('user-1')
  expect(selector).toMatch(/^[\w-]{16}$/)
  expect([one.slice(0, 16), two.slice(0, 16)]).toEqual([selector, selector])
  expect(one.slice(16)).not.toBe(two.slice(16))
  expect(other.slice(0, 16)).toBe(await subjectSelector('user-2'))
  expect(other.slice(0, 16)).not.toBe(selector)
})

test('tells an issued token from each that differs in one character', async () => {
  const [id, tagKey] = [await newFamilyId('user-1'), newTagKey()]
  const issued = await makeRefreshToken(id, tagKey)
  expect(await wasIssued(parse(issued), tagKey)).toBe(true)
  expect(await wasIssued(parse(issued), newTagKey())).toBe(false)
  for (let at = 0; at < issued.length; at++) {
    if (issued[at] === '.') continue
    const changed = `${issued.slice(0, at)}${issued[at] === 'A' ? 'B' : 'A'}${issued.slice(at + 1)}`
    expect(await wasIssued(parse(changed), tagKey), `character ${at}`).toBe(false)
  }
})

test('other texts for the same bytes were never issued', async () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const tagKey = newTagKey()
  const token = await makeRefreshToken(await newFamilyId('user-1'), tagKey)
  const twin = alphabet[alphabet.indexOf(token.slice(-1)) + 1]
  expect(await wasIssued(parse(`${token.slice(0, -1)}${twin}`), tagKey)).toBe(false)
  const { id, secret, tag } = parse(token)
  const other = alphabet[alphabet.indexOf(secret.slice(-1)) + 1]
  expect(await wasIssued({ id, secret: `${secret.slice(0, -1)}${other}`, tag }, tagKey)).toBe(false)
})

test('parses nothing else than what was made', async () => {
  const token = await makeRefreshToken(await newFamilyId('user-1'), newTagKey())
  const [id, secret = '', tag = ''] = token.split('.')
  const others = [
    '',
    '..',
    token.slice(0, -1),
    `${token}A`,
    `${token}=`,
    ` ${token}`,
    `${token}\n`,
    `${token}.x`,
    `"${token}"`,
    `${id}.${secret.slice(0, -1)}+.${tag}`,
    `${id}.${secret}`,
    `${secret}.${id}.${tag}`,
  ]
  expect(others.map(parseRefreshToken)).toEqual(others.map(() => undefined))
})

test('keeps a hash that says nothing of the token', async () => {
  const token = await makeRefreshToken(await newFamilyId('user-1'), newTagKey())
  const hash = await hashRefreshToken(token)
  expect(hash).toHaveLength(43)
  expect(await hashRefreshToken(token)).toBe(hash)
  expect(token).not.toContain(hash)
})

test('seals a successor for the holder of its parent alone', async () => {
  const [id, tagKey] = [await newFamilyId('user-1'), newTagKey()]
  const [parent, successor, other] = await Promise.all([1, 2, 3].map(() => makeRefreshToken(id, tagKey)))
  const sealed = await sealSuccessor(successor ?? '', parent ?? '')
  expect(await unsealSuccessor(sealed, parent ?? '')).toBe(successor)
  await expect(unsealSuccessor(sealed, other ?? '')).rejects.toThrow(errors.JWEDecryptionFailed)
  expect(sealed).not.toContain(parse(successor ?? '').secret)
})
