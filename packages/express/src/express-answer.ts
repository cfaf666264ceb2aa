import type { ServerResponse } from 'node:http'
import type { AuthError } from '@latchkey/core'
import { denialOf } from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { Request, Response } from 'express'
import type { GuardedRequest } from './express-request-view.js'

/** Answers a refused request in place of the library; see `ExpressAuthOptions`. */
export type OnDeny = (error: AuthError, req: Request, res: Response) => unknown

/** Answers a refused request, now or later. */
export type Deny = (error: AuthError, req: GuardedRequest, res: ServerResponse) => unknown

/** The one way in which guards and session verbs refuse. */
export function createDeny(realm: string | undefined, onDeny: OnDeny | undefined): Deny {
  if (onDeny === undefined) return (error, _req, res) => sendDenial(res, error, realm)
  return (error, req, res) => onDeny(error, req as Request, res as Response)
}

function sendDenial(res: ServerResponse, error: AuthError, realm: string | undefined): void {
  const { status, headers, body } = denialOf(error, realm)
  sendText(res, status, headers, body)
}

/** Answers as a session verb decided. */
export function sendAnswer(res: ServerResponse, { status, headers, setCookie, body }: SessionAnswer): void {
  appendCookies(res, setCookie)
  if (status === 204) res.writeHead(status, headers).end()
  else sendText(res, status, headers, body)
}

/** Beside the cookies that the app sets. */
export function appendCookies(res: ServerResponse, setCookie: readonly string[]): void {
  for (const cookie of setCookie) res.appendHeader('set-cookie', cookie)
}

/** Through Node's response, because `res.send` would add a charset and an ETag. */
function sendText(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  res.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
  res.end(body)
}
