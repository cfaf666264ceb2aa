import { parseArgs } from 'node:util'
import { AuthError, type AuthErrorCode, ConfigError, createVerifier, type DenialReason } from '@latchkey/core'
import type { Command, CommandResult } from './command.js'
import { comparisonOf } from './comparison.js'
import { describeToken } from './describe-token.js'
import { type Against, type AgainstWords, readAgainst } from './explain-against.js'
import { explanationOf } from './reasons.js'
import { colour, type Surroundings } from './surroundings.js'
import { issuerAdvice } from './typed-issuer.js'

/**
 * `latchkey explain`: reads a token from standard input, and says what a verifier would refuse it for. Standard input, because a
 * word of the command line stays in the shell's history and shows in the list of processes.
 */
export const explain: Command = async (args, surroundings) => {
  const words = readWords(args)
  if (words === undefined) return undefined
  if (words.positionals.length > 0) return mistyped(asWordAdvice)
  const { issuer, audience, config } = words.values
  if (config !== undefined && (issuer ?? audience) !== undefined) return mistyped(twiceSaidAdvice)
  if (audience?.includes('') === true) return mistyped(emptyAudienceAdvice)
  const token = (await surroundings.readInput()).trim().replace(/^(?:authorization: *)?(?:bearer|dpop) +/i, '')
  if (token === '') return failed(noTokenAdvice)
  if (isPrivateKey(token)) return failed(privateKeyAdvice)
  try {
    return await judge(token, await readAgainst(words.values, token), surroundings)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return refused(words.values, error)
  }
}

/** Answers options from which no verifier can be made. The token was not looked at. */
function refused({ issuer, config }: AgainstWords, error: ConfigError): CommandResult {
  if (config !== undefined) return failed(`latchkey: --config ${config}: ${error.message}`)
  if (issuer === undefined) throw error
  return mistyped(issuerAdvice('--issuer', issuer))
}

function readWords(args: readonly string[]) {
  try {
    const options = {
      issuer: { type: 'string' },
      audience: { type: 'string', multiple: true },
      config: { type: 'string' },
    } as const
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch {
    // parseArgs throws for exactly one reason: words that are not of the form described.
    return undefined
  }
}

/** What only an issuer's keys can tell. */
const needsKeys: ReadonlySet<DenialReason> = new Set([
  'key_not_found',
  'key_ambiguous',
  'key_unfit',
  'signature_invalid',
])

async function judge(
  token: string,
  { options, withKeys }: Against,
  surroundings: Surroundings,
): Promise<CommandResult> {
  const described = describeToken(token, surroundings.now())
  const refusal = await refusalOf(token, options)
  const result = (exitCode: 0 | 1, ...verdict: string[]): CommandResult => ({
    output: [...described, '', ...verdict].join('\n'),
    advice: '',
    exitCode,
  })
  if (refusal === undefined)
    return result(0, colour(surroundings, 'good', 'Accepted: the token passes every check that you asked for.'))
  const { code, reason, status } = refusal
  if (!withKeys && needsKeys.has(reason)) return result(0, colour(surroundings, 'good', onlyRead), howToCheck)
  const { what, todo } = explanationOf(reason)
  const verdict = colour(surroundings, 'bad', `Refused: ${status} ${code}, reason ${reason}`)
  return result(
    1,
    verdict,
    `  ${what}`,
    `  ${todo}`,
    ...comparisonOf(reason, options, token),
    `  More: ${pageOf(code)}`,
  )
}

/** The page about a code. */
function pageOf(code: AuthErrorCode): string {
  return `https://github.com/latchkey/latchkey/blob/main/packages/docs/errors/${code}.md`
}

const onlyRead = 'Nothing is wrong so far. The signature was not checked, because you named no issuer.'
const howToCheck = '  Name your verifier: --issuer https://id.example --audience https://api.example'

async function refusalOf(token: string, options: Against['options']): Promise<AuthError | undefined> {
  try {
    await createVerifier(options).verify(token)
    return undefined
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
}

/** Whether a private key was pasted by mistake: a PEM, or a JWK with a private part. */
function isPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || (/^\s*\{/.test(text) && /"(?:d|k)"\s*:/.test(text))
}

const noTokenAdvice = `latchkey: there is no token on standard input.
Run the command and paste the token, or give it a file: npx latchkey explain < token.txt`

const asWordAdvice = `latchkey: explain reads the token from standard input, because your shell keeps the words of each command in its history.
Run npx latchkey explain and paste the token, or give it a file: npx latchkey explain < token.txt`

const privateKeyAdvice = `latchkey: this is a private key, not a token. It was sent nowhere.
Whoever has it can sign in as anybody. If you have pasted it anywhere else, replace it now.`

const twiceSaidAdvice = `latchkey: --config names a file with the issuer and the audience.
Leave out --issuer and --audience, or leave out --config.`

const emptyAudienceAdvice = `latchkey: --audience is empty. Write what your tokens have in "aud", such as https://api.example.
To check no audience, leave --audience out.`

function failed(advice: string): CommandResult {
  return { output: '', advice, exitCode: 1 }
}

function mistyped(advice: string): CommandResult {
  return { output: '', advice, exitCode: 2 }
}
