import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ConfigError, type VerifierOptions } from '@latchkey/core'
import { createPrivateJwk } from '@latchkey/session'
import { readParts } from './describe-token.js'

/** The options to check a token against. */
export interface Against {
  readonly options: VerifierOptions
  /** False: no issuer was named, so the keys are not known. */
  readonly withKeys: boolean
}

/** The options of the command line that name a verifier. */
export interface AgainstWords {
  readonly issuer?: string
  readonly audience?: readonly string[]
  readonly config?: string
}

/**
 * Makes a verifier's options from the options of the command line: a file, or an issuer. Without both, it takes the token's own
 * issuer with a new key, which has signed nothing.
 *
 * @throws ConfigError, as a rejection, if the file cannot be read or is not JSON
 */
export async function readAgainst(words: AgainstWords, token: string): Promise<Against> {
  const { issuer, audience = null, config } = words
  if (config !== undefined) return { options: await readConfig(config), withKeys: true }
  if (issuer !== undefined) return { options: { issuer, audience }, withKeys: true }
  const { header, claims } = readParts(token) ?? { header: {}, claims: {} }
  const own = { issuer: typeof claims['iss'] === 'string' && claims['iss'] !== '' ? claims['iss'] : 'none', audience }
  if (/^HS\d+$/.test(String(header['alg']))) return { options: { ...own, secret: randomBytes(64) }, withKeys: false }
  const { publicJwk } = await createPrivateJwk()
  return { options: { ...own, jwks: { keys: [publicJwk] } }, withKeys: false }
}

async function readConfig(path: string): Promise<VerifierOptions> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new ConfigError('the file cannot be read.', { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigError('the file is not JSON. Write the options of createVerifier as JSON.', { cause })
  }
}
