import type { Case, Exchange, Expected, Step, Topic } from '../harness/case.js'
import { found } from '../harness/found-issuers.js'
import type { JwtParts } from '../harness/mint.js'
import { keys } from '../harness/signing-keys.js'

// The server `found` looks its issuers up in a table, and keeps what it found for a minute.

const { p256, rsa } = keys

function from(iss: unknown, expect: Expected, parts: JwtParts = {}, more: Partial<Exchange> = {}): Step & Exchange {
  return { token: (mint) => mint.jwt({ key: p256, ...parts, claims: { iss, ...parts.claims } }), expect, ...more }
}

function single(name: string, exchange: Exchange): Case {
  return { name, server: 'found', ...exchange }
}

function steps(name: string, ...all: Step[]): Case {
  return { name, server: 'found', steps: all }
}

const asked = { events: ['lookup'] }
const notAsked = { without: ['lookup'] }
const failed = { events: ['lookup', 'issuer_lookup_failed'] }

/** What is asked for anew at every request, since nothing of it is kept. */
function broken(name: string, iss: string): Case {
  const again: JwtParts = { claims: { sub: 'another-subject' } }
  return steps(name, from(iss, 'keys_unavailable', {}, failed), from(iss, 'keys_unavailable', again, failed))
}

const answers: readonly Case[] = [
  single('keys found through metadata', { token: (mint) => mint.jwt(), expect: 'accepted' }),
  single('static keys', from(found.staticKeys, 'accepted')),
  single('static keys, and another key', from(found.staticKeys, 'token_rejected', { key: rsa })),
  single('an answer that names the issuer', from(found.namesItself, 'accepted')),
  single('an answer that comes later', from(found.soon, 'accepted')),
  single('an answer that comes later: not ours', from(found.soonNobody, 'token_rejected')),
  single('not ours', from(found.notOurs, 'token_rejected')),
  single('not in the table', from('https://nobody.example', 'token_rejected')),
  single('a name that objects have', from('__proto__', 'token_rejected')),
  single('a name that is empty', from('', 'token_rejected')),
  single('a name of 512 characters', from(found.longest, 'accepted')),
  single('a name of 513 characters is not asked for', from(found.tooLong, 'token_rejected', {}, notAsked)),
  single('no name', from(undefined, 'token_rejected', {}, notAsked)),
  single('a name that is a number', from(5, 'token_rejected', {}, notAsked)),
  single('names in a list', from([found.staticKeys], 'token_rejected', {}, notAsked)),
  broken('a lookup that throws', found.throws),
  broken('a lookup that takes over three seconds', found.tooLate),
  broken('an answer that names another issuer', found.namesAnother),
  broken('an answer with an option that is unknown', found.misspelt),
  broken('an answer without an audience', found.noAudience),
  broken('an answer with keys over plain http', found.plainHttp),
]

const order: readonly Case[] = [
  steps(
    'asked before anything else of header and claims is looked at',
    from('https://order-1.example', 'token_rejected', { header: { alg: 'XS256', crit: ['x'] } }, asked),
    from('https://order-2.example', 'token_rejected', { claims: { exp: 'soon', aud: undefined } }, asked),
  ),
  single('not asked for a token that is malformed', {
    token: (mint) => `${mint.jwt({ claims: { iss: 'https://order-3.example' } })}.x`,
    expect: 'token_malformed',
    ...notAsked,
  }),
]

const keeping: readonly Case[] = [
  steps(
    'asked once in a minute, and anew after it: one of ours',
    { advance: 61 },
    from(found.staticKeys, 'accepted', {}, asked),
    from(found.staticKeys, 'accepted', { claims: { sub: 'another-subject' } }, notAsked),
    { advance: 59 },
    from(found.staticKeys, 'accepted', { claims: { sub: 'later' } }, notAsked),
    { advance: 1 },
    from(found.staticKeys, 'accepted', { claims: { sub: 'latest' } }, asked),
  ),
  steps(
    'asked once in a minute, and anew after it: not ours',
    from('https://kept.example', 'token_rejected', {}, asked),
    from('https://kept.example', 'token_rejected', { claims: { sub: 'another-subject' } }, notAsked),
    { advance: 60 },
    from('https://kept.example', 'token_rejected', { claims: { sub: 'later' } }, asked),
  ),
  steps(
    'a remembered token’s issuer is asked for anew as well, and keeps its keys',
    from(found.twoPlaces, 'accepted', { key: rsa }),
    from(found.twoPlaces, 'accepted', { key: rsa }, notAsked),
    { advance: 60 },
    { ...from(found.twoPlaces, 'accepted', { key: rsa }, asked), without: ['keys_refreshed'] },
  ),
]

const places: readonly Case[] = [
  single('keys at two places: of the first', from(found.twoPlaces, 'accepted', { key: rsa })),
  single('keys at two places: of the second', from(found.twoPlaces, 'accepted', { key: keys.p256Later })),
  single('metadata elsewhere', from(found.metadataElsewhere, 'accepted', { key: rsa })),
  single('metadata that leads to loopback', from(found.metadataToLoopback, 'keys_unavailable', { key: rsa })),
  single('a key of a tenant', from(found.tenant, 'accepted', { key: rsa, claims: { tid: 't-1' } })),
  ...[{ tid: 't-2' }, {}, { tid: 1 }, { tid: ['t-1'] }].map((claims) =>
    single(
      `a key of a tenant, and ${JSON.stringify(claims)}`,
      from(found.tenant, 'token_rejected', { key: rsa, claims }),
    ),
  ),
  single('a key whose issuer is no string', from(found.tenant, 'token_rejected', { claims: { tid: 't-1' } })),
]

export const foundIssuers: Topic = {
  name: 'issuers found by a function',
  cases: [...answers, ...order, ...keeping, ...places],
}
