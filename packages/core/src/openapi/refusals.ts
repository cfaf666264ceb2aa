import { type AuthErrorCode, codeTable } from '../error-codes.js'
import type { FurtherRequirement, Requirement } from '../requirement/requirement.js'
import type { Accepted } from './accepted.js'

/** A header field of a response (Header Object). */
export type ResponseHeader = {
  description: string
  schema: { type: 'string' }
}

/** A refusal, as an OpenAPI document describes it (Response Object). */
export type RefusalResponse = {
  description: string
  headers: { [name: string]: ResponseHeader }
  content: { 'application/problem+json': { schema: ProblemSchema } }
}

/** The JSON Schema of a refusal's body (RFC 9457). */
export type ProblemSchema = {
  type: 'object'
  required: string[]
  properties: {
    type: { type: 'string' }
    title: { type: 'string' }
    status: { type: 'integer'; enum: number[] }
    code: { type: 'string'; enum: AuthErrorCode[] }
    detail: { type: 'string' }
  }
}

const unsafe = /^(?!get$|head$|options$)/i

/**
 * Gives the codes that one guard may refuse with, in the order of its checks.
 *
 * @param requirement what the guard requires; undefined: it only checks the origin
 * @param refreshes whether the guard may refresh a session
 * @param method the operation's method; undefined: any
 */
export function codesOf(
  accepted: Accepted,
  requirement: Requirement | undefined,
  refreshes: boolean,
  method: string | undefined,
): AuthErrorCode[] {
  const origin: AuthErrorCode[] = method === undefined || unsafe.test(method) ? ['origin_rejected'] : []
  if (requirement === undefined) return origin
  const { takesHeader, checksOrigin, dpop, mayBeUnavailable } = accepted
  return [
    ...(takesHeader ? (['request_malformed'] as const) : []),
    'token_repeated',
    ...(requirement.required ? (['token_missing'] as const) : []),
    'token_malformed',
    'token_rejected',
    'token_expired',
    ...(dpop ? (['proof_rejected', 'nonce_required'] as const) : []),
    ...(checksOrigin ? origin : []),
    ...(requirement.scope.length > 0 ? (['scope_insufficient'] as const) : []),
    ...furtherCodes(requirement.more ?? {}),
    ...(mayBeUnavailable ? (['keys_unavailable'] as const) : []),
    ...(mayBeUnavailable || refreshes ? (['store_unavailable'] as const) : []),
  ]
}

function furtherCodes(more: FurtherRequirement): AuthErrorCode[] {
  const asked: [unknown, AuthErrorCode][] = [
    [more.anyScope, 'scope_insufficient'],
    [more.role, 'role_insufficient'],
    [more.authorizationDetails, 'authorization_insufficient'],
    [more.acr ?? more.maxAuthAge, 'authentication_insufficient'],
    [more.check, 'access_denied'],
  ]
  return asked.filter(([option]) => option !== undefined).map(([, code]) => code)
}

/** Gives the responses by status, each with the codes that it may carry. */
export function responsesOf(
  codes: readonly AuthErrorCode[],
  notes: readonly string[],
): Record<string, RefusalResponse> {
  const responses: Record<string, RefusalResponse> = {}
  for (const status of [400, 401, 403, 503]) {
    const some = [...new Set(codes)].filter((code) => codeTable[code].status === status)
    if (some.length > 0) responses[status] = responseOf(status, some, status === 403 ? notes : [])
  }
  return responses
}

function responseOf(status: number, codes: AuthErrorCode[], notes: readonly string[]): RefusalResponse {
  return {
    description: [...codes.map((code) => codeTable[code].detail), ...notes].join(' '),
    headers: headersOf(status, codes),
    content: {
      'application/problem+json': {
        schema: {
          type: 'object',
          required: ['type', 'title', 'status', 'code', 'detail'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer', enum: [status] },
            code: { type: 'string', enum: codes },
            detail: { type: 'string' },
          },
        },
      },
    },
  }
}

function headersOf(status: number, codes: readonly AuthErrorCode[]): RefusalResponse['headers'] {
  const text = (description: string): ResponseHeader => ({ description, schema: { type: 'string' } })
  if (status === 503) return { 'Retry-After': text('Seconds after which to try again.') }
  const challenges = codes.some((code) => codeTable[code].challenge !== null)
  return challenges ? { 'WWW-Authenticate': text('What to send instead (RFC 6750 §3).') } : {}
}
