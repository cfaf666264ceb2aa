import type { JwkSet } from '@latchkey/core'
import type { SessionAnswer } from '../delivery/session-answer.js'

/** For how many seconds others may cache the set. A coming key is published for much longer before it signs. */
const maxAge = 300

/** Makes the answer of a JWKS route (RFC 7517 §8.5.2). It serializes a set only once. */
export function createJwksAnswer(jwks: () => JwkSet): () => SessionAnswer {
  let answered: { readonly set: JwkSet; readonly answer: SessionAnswer } | undefined
  return () => {
    const set = jwks()
    if (answered?.set !== set) answered = { set, answer: answerWith(set) }
    return answered.answer
  }
}

function answerWith(set: JwkSet): SessionAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': `public, max-age=${maxAge}` },
    cookies: [],
    body: JSON.stringify(set),
  }
}
