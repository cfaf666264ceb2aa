import { type Auth, AuthError } from '@latchkey/core'
import { type Answer, denied, json, noContent, notFound } from './answers.js'
import type { Contract } from './config.js'

/** What `GET /sessions` answers: the caller's own sessions. */
export function listDevices(contract: Contract, auth: Auth): Promise<Answer> {
  return answering(async () => json(await own(contract, auth)))
}

/** What `DELETE /sessions/<id>` answers: the same for a session of somebody else's as for none. */
export function endDevice(contract: Contract, auth: Auth, id: string): Promise<Answer> {
  return answering(async () => {
    const isOwn = (await own(contract, auth)).some((session) => session.id === id)
    return isOwn && (await contract.sessions?.endOne(id)) ? noContent : notFound
  })
}

/** A subject is one only together with its issuer. */
async function own({ sessions, sessionIssuer }: Contract, { claims: { iss, sub } }: Auth) {
  return sessions === undefined || iss !== sessionIssuer || sub === undefined ? [] : sessions.list(sub)
}

async function answering(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof AuthError) return denied(error)
    throw error
  }
}

/** A form of a page without script: who logs in, and where to go then. */
export function readForm(body: string): { readonly login: { readonly sub: string }; readonly redirect: string } {
  const form = new URLSearchParams(body)
  return { login: { sub: form.get('sub') ?? '' }, redirect: form.get('to') ?? '/home' }
}
