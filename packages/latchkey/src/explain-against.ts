import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ConfigError, type VerifierOptions } from '@latchkey/core'
import { createPrivateJwk } from '@latchkey/session'
import { readParts } from './describe-token.js'

/** What a token is held against. */
export interface Against {
  readonly options: VerifierOptions
  /** False: nobody was named, so nothing is known of the keys. */
  readonly withKeys: boolean
}

/**
 * Makes a verifier's options of the words of the command line: a file, an issuer, or the token's own issuer with a key
 * that has signed nothing.
 *
 * @throws ConfigError for a file that cannot be read as JSON
 */
export async function readAgainst(
  words: { readonly issuer?: string; readonly audience?: readonly string[]; readonly config?: string },
  token: string,
): Promise<Against> {
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
    throw new ConfigError(`--config: the file ${path} cannot be read.`, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigError(`--config: the file ${path} is not JSON. Write the options of createVerifier as JSON.`, {
      cause,
    })
  }
}
