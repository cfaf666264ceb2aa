import type { DenialReason, VerifierOptions } from '@latchkey/core'
import { inWords, readParts } from './describe-token.js'

/** Shows what the token says and what is configured, if the refusal has compared the two; an empty list for other reasons. */
export function comparisonOf(reason: DenialReason, options: VerifierOptions, token: string): readonly string[] {
  const claims: Readonly<Record<string, unknown>> = readParts(token)?.claims ?? {}
  const iss = claims['iss']
  if (reason === 'iss_unknown')
    return compare(
      iss,
      issuersOf(options).map(({ issuer }) => issuer),
    )
  if (reason !== 'aud_mismatch') return []
  const issuers = issuersOf(options)
  const { audience } = issuers.find(({ issuer }) => issuer === iss) ?? {}
  return [...compare(claims['aud'], [audience ?? []].flat()), ...hintOfIdToken(claims)]
}

/** Gives the configured issuers; an empty list if a function finds them. */
function issuersOf(options: VerifierOptions): readonly { readonly issuer?: string; readonly audience?: unknown }[] {
  if (options.issuers === undefined) return [options]
  return typeof options.issuers === 'function' ? [] : options.issuers
}

function compare(found: unknown, wanted: readonly unknown[]): readonly string[] {
  const said = found === undefined ? 'nothing' : inWords(found)
  const lines = [`  the token says: ${said}`, `  configured:     ${wanted.map(inWords).join(', ')}`]
  const differsBySlash = wanted.some((text) => `${said}/` === text || said === `${text}/`)
  return differsBySlash ? [...lines, '  They differ by the slash at the end.'] : lines
}

/** Claims that ID tokens have and access tokens do not (OpenID Connect Core §2). */
const ofIdTokens = ['nonce', 'at_hash', 'c_hash']

function hintOfIdToken(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const member = ofIdTokens.find((name) => Object.hasOwn(claims, name))
  return member === undefined ? [] : [`  It has "${member}", as ID tokens do. Send the access token.`]
}
