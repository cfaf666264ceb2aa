import { type Auth, AuthError } from '@latchkey/core'
import { type Answer, denied, json, noContent, notFound } from './answers.js'
import type { Contract } from './config.js'

/** The response of `GET /sessions`: the caller's own sessions. */
export function listDevices(contract: Contract, auth: Auth): Promise<Answer> {
  return answering(async () => {
    const sub = subjectOf(contract, auth)
    return json(sub === undefined ? [] : await contract.sessions?.list(sub))
  })
}

/** The response of `DELETE /sessions/<id>`. It is the same for another user's session as for one that does not exist. */
export function endDevice(contract: Contract, auth: Auth, id: string): Promise<Answer> {
  return answering(async () => {
    const sub = subjectOf(contract, auth)
    return sub !== undefined && (await contract.sessions?.endOne(id, { sub })) ? noContent : notFound
  })
}

/** Whose sessions these are; undefined: the token is not of the sessions. A subject identifies a user only with its issuer. */
function subjectOf({ sessionIssuer }: Contract, { claims: { iss, sub } }: Auth): string | undefined {
  return iss === sessionIssuer ? sub : undefined
}

async function answering(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof AuthError) return denied(error)
    throw error
  }
}

/** Reads the form of a page without script: who logs in, and where to go afterwards. */
export function readForm(body: string): { readonly login: { readonly sub: string }; readonly redirect: string } {
  const form = new URLSearchParams(body)
  return { login: { sub: form.get('sub') ?? '' }, redirect: form.get('to') ?? '/home' }
}
