import { describe, expect, it } from 'vitest'
import { hashRefreshToken, newFamilyId, newTagKey } from '../tokens/refresh-token.js'
import { atStart, checkChallenge, forRefresh, makeChallenge, sessionOfChallenge } from './challenge.js'

const session = await newFamilyId('alice')
const key = newTagKey()
const presented = await hashRefreshToken('a token')
const refreshing = forRefresh(presented, presented)
const made = 1_800_000_000

describe('the challenge of a refresh', () => {
  it('is good for 60 s, and then stale', async () => {
    const challenge = await makeChallenge(session, refreshing, key, made + 0.9)
    const at = (now: number) => checkChallenge(challenge, { session, madeFor: [refreshing], key, now })
    expect(await at(made)).toBeUndefined()
    expect(await at(made + 60.9)).toBeUndefined()
    expect(await at(made + 60.901)).toBe('challenge_stale')
    expect(await at(made + 3600)).toBe('challenge_stale')
  })

  it('is used up once another token is presented, or is the live one', async () => {
    const challenge = await makeChallenge(session, refreshing, key, made)
    const next = await hashRefreshToken('its successor')
    for (const madeFor of [[], [forRefresh(next, next), forRefresh(presented, next)]]) {
      expect(await checkChallenge(challenge, { session, madeFor, key, now: made })).toBe('challenge_used')
    }
    expect(await checkChallenge(challenge, { session, madeFor: ['', refreshing], key, now: made })).toBeUndefined()
  })

  it('serves no registration', async () => {
    const challenge = await makeChallenge(session, refreshing, key, made)
    expect(await checkChallenge(challenge, { session, madeFor: [atStart], key, now: made })).toBe('challenge_used')
  })

  it('is unknown in another session, under another key and with any character changed', async () => {
    const challenge = await makeChallenge(session, refreshing, key, made)
    const asked = { session, madeFor: [refreshing], key, now: made }
    expect(await checkChallenge(challenge, { ...asked, session: await newFamilyId('bob') })).toBe('challenge_unknown')
    expect(await checkChallenge(challenge, { ...asked, key: newTagKey() })).toBe('challenge_unknown')
    for (let at = 0; at < challenge.length; at++) {
      const changed = `${challenge.slice(0, at)}${challenge[at] === '1' ? '2' : '1'}${challenge.slice(at + 1)}`
      expect(await checkChallenge(changed, asked)).toBe('challenge_unknown')
    }
  })

  it.each([undefined, null, 5, {}, [], '', 'x', `${'a'.repeat(25)}.01.start.${'A'.repeat(43)}`])(
    'is not %j',
    async (value) => {
      expect(await checkChallenge(value, { session, madeFor: [refreshing], key, now: made })).toBe('challenge_unknown')
      expect(sessionOfChallenge(value)).toBeUndefined()
    },
  )
})

describe('the challenge of a log-in', () => {
  it('names its session and serves registration alone', async () => {
    const challenge = await makeChallenge(session, atStart, key, made)
    expect(sessionOfChallenge(challenge)).toBe(session)
    expect(await checkChallenge(challenge, { session, madeFor: [atStart], key, now: made + 60 })).toBeUndefined()
    expect(await checkChallenge(challenge, { session, madeFor: [atStart], key, now: made + 61 })).toBe(
      'challenge_stale',
    )
    expect(await checkChallenge(challenge, { session, madeFor: [refreshing], key, now: made })).toBe('challenge_used')
  })
})
