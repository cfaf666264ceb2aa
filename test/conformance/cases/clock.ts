import { type Case, cookie, type Expected, type Topic } from '../harness/case.js'
import type { Members, Mint } from '../harness/mint.js'

/** Claims that lie so many seconds from the server's present. */
function at(server: 'clock' | 'strictClock' | 'tolerantAge', times: Members, expect: Expected, name: string): Case {
  const token = (mint: Mint): string => {
    const claims = Object.fromEntries(
      Object.entries(times).map(([claim, offset]) => [claim, mint.now + Number(offset)]),
    )
    return mint.jwt({ claims })
  }
  return { name, server, token, expect }
}

/** "good while now < exp + tolerance", "neither in the future beyond tolerance". */
const tolerance: readonly Case[] = [
  at('clock', { exp: 1 }, 'accepted', 'exp: a second from now'),
  at('clock', { exp: 0 }, 'accepted', 'exp: now, within tolerance'),
  at('clock', { exp: -9 }, 'accepted', 'exp: nine seconds ago'),
  at('clock', { exp: -9.5 }, 'accepted', 'exp: nine and a half seconds ago'),
  at('clock', { exp: -9.999 }, 'accepted', 'exp: almost ten seconds ago'),
  at('clock', { exp: -10 }, 'token_expired', 'exp: ten seconds ago'),
  at('clock', { exp: -10.5 }, 'token_expired', 'exp: ten and a half seconds ago'),
  at('clock', { exp: -11 }, 'token_expired', 'exp: eleven seconds ago'),
  at('clock', { nbf: 0 }, 'accepted', 'nbf: now'),
  at('clock', { nbf: 9 }, 'accepted', 'nbf: in nine seconds'),
  at('clock', { nbf: 10 }, 'accepted', 'nbf: in ten seconds'),
  at('clock', { nbf: 10.5 }, 'token_rejected', 'nbf: in ten and a half seconds'),
  at('clock', { nbf: 11 }, 'token_rejected', 'nbf: in eleven seconds'),
  at('clock', { iat: 10 }, 'accepted', 'iat: in ten seconds'),
  at('clock', { iat: 11 }, 'token_rejected', 'iat: in eleven seconds'),
  at('clock', { iat: -1_000_000 }, 'accepted', 'iat: long ago, where no age is limited'),
]

const noTolerance: readonly Case[] = [
  at('strictClock', { exp: 1 }, 'accepted', 'no tolerance, exp: a second from now'),
  at('strictClock', { exp: 0.5 }, 'accepted', 'no tolerance, exp: half a second from now'),
  at('strictClock', { exp: 0 }, 'token_expired', 'no tolerance, exp: now'),
  at('strictClock', { exp: -1 }, 'token_expired', 'no tolerance, exp: a second ago'),
  at('strictClock', { nbf: 0 }, 'accepted', 'no tolerance, nbf: now'),
  at('strictClock', { nbf: 1 }, 'token_rejected', 'no tolerance, nbf: in a second'),
  at('strictClock', { iat: 0 }, 'accepted', 'no tolerance, iat: now'),
  at('strictClock', { iat: 1 }, 'token_rejected', 'no tolerance, iat: in a second'),
]

const age: readonly Case[] = [
  at('strictClock', { iat: -3599 }, 'accepted', 'maxTokenAge: a second younger'),
  at('strictClock', { iat: -3601 }, 'token_expired', 'maxTokenAge: a second older'),
  at('strictClock', { iat: -86_400 }, 'token_expired', 'maxTokenAge: a day old'),
  {
    name: 'maxTokenAge: no iat',
    server: 'strictClock',
    token: (m) => m.jwt({ claims: { iat: undefined } }),
    expect: 'token_rejected',
  },
  {
    name: 'maxTokenAge: iat null',
    server: 'strictClock',
    token: (m) => m.jwt({ claims: { iat: null } }),
    expect: 'token_rejected',
  },
  at('strictClock', { iat: -7200, exp: -10 }, 'token_expired', 'maxTokenAge: too old and expired'),
  at('tolerantAge', { iat: -599 }, 'accepted', 'maxTokenAge with a tolerance of 30: younger'),
  at('tolerantAge', { iat: -631 }, 'token_expired', 'maxTokenAge with a tolerance of 30: older than both together'),
  at('tolerantAge', { exp: -29 }, 'accepted', 'a tolerance of 30: exp 29 seconds ago'),
  at('tolerantAge', { exp: -30 }, 'token_expired', 'a tolerance of 30: exp 30 seconds ago'),
  at('tolerantAge', { nbf: 30 }, 'accepted', 'a tolerance of 30: nbf in 30 seconds'),
  at('tolerantAge', { nbf: 31 }, 'token_rejected', 'a tolerance of 30: nbf in 31 seconds'),
]

/** One token that stays the same while time passes: a remembered token is asked again at every request. */
function lasting(claims: (now: number) => Members): (mint: Mint) => string {
  let token: string | undefined
  return (mint) => {
    token ??= mint.jwt({ claims: claims(mint.now) })
    return token
  }
}

const toExpire = lasting((now) => ({ exp: now + 20, email: 'to-expire@mail.example' }))
const toExpireInCookie = lasting((now) => ({ exp: now + 20, email: 'in-cookie@mail.example' }))
const toBegin = lasting((now) => ({ nbf: now + 30, email: 'to-begin@mail.example' }))
const toAge = lasting(() => ({ email: 'to-age@mail.example', exp: 1e12 }))

const passing: readonly Case[] = [
  {
    name: 'a remembered token expires',
    server: 'clock',
    steps: [
      { token: toExpire, expect: 'accepted' },
      { advance: 19 },
      { token: toExpire, expect: 'accepted' },
      { advance: 10 },
      { token: toExpire, expect: 'accepted' },
      { advance: 1 },
      { token: toExpire, expect: 'token_expired' },
      { advance: 1_000_000 },
      { token: toExpire, expect: 'token_expired' },
    ],
  },
  {
    name: 'a remembered token in a cookie expires',
    server: 'clock',
    steps: [
      { token: toExpireInCookie, fields: cookie, expect: 'accepted' },
      { advance: 30 },
      { token: toExpireInCookie, fields: cookie, expect: 'token_expired' },
    ],
  },
  {
    name: 'a token’s time comes',
    server: 'clock',
    steps: [
      { token: toBegin, expect: 'token_rejected' },
      { advance: 19 },
      { token: toBegin, expect: 'token_rejected' },
      { advance: 1 },
      { token: toBegin, expect: 'accepted' },
    ],
  },
  {
    name: 'a remembered token grows too old',
    server: 'strictClock',
    steps: [
      { token: toAge, expect: 'accepted' },
      { advance: 3599 },
      { token: toAge, expect: 'accepted' },
      { advance: 2 },
      { token: toAge, expect: 'token_expired' },
    ],
  },
]

export const clock: Topic = { name: 'time', cases: [...tolerance, ...noTolerance, ...age, ...passing] }
