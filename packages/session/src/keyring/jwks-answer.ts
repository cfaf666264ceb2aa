import type { JwkSet } from '@latchkey/core'
import type { SessionAnswer } from '../delivery/session-answer.js'

/** Seconds for which others may keep the set. A coming key is published for far longer before it signs. */
const maxAge = 300

/** Answers a JWKS route (RFC 7517 §8.5.2), serializing a set once. */
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
