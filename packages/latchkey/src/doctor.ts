import { AuthError, ConfigError, type CoreEvent, createVerifier, type KeysRefreshFailedEvent } from '@latchkey/core'
import type { Command, CommandResult } from './command.js'
import { causeInWords, failures } from './failures.js'
import { colour, type Surroundings } from './surroundings.js'
import { issuerAdvice } from './typed-issuer.js'

/** What a look at an issuer found. */
type Finding = { readonly kids: readonly string[] } | { readonly failure: KeysRefreshFailedEvent }

/** `latchkey doctor ISSUER`: fetches an issuer's keys as the library does, and says what it found. */
export const doctor: Command = async (args, surroundings) => {
  const [issuer, ...rest] = args
  if (issuer === undefined || issuer.startsWith('-') || rest.length > 0) return undefined
  try {
    const found = await look(issuer)
    if ('kids' in found) return healthy(issuer, found.kids, surroundings)
    return await ill(issuer, found.failure, surroundings)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { output: '', advice: issuerAdvice('ISSUER', issuer), exitCode: 2 }
  }
}

async function look(issuer: string): Promise<Finding> {
  let failure: KeysRefreshFailedEvent | undefined
  const onEvent = (event: CoreEvent) => {
    if (event.type === 'keys_refresh_failed') failure = event
  }
  const verifier = createVerifier({ issuer, audience: null, onEvent })
  try {
    await verifier.ready()
  } catch (error) {
    if (!(error instanceof AuthError) || failure === undefined) throw error
    return { failure }
  }
  return { kids: verifier.keySets().flatMap(({ kids }) => kids) }
}

function healthy(issuer: string, kids: readonly string[], surroundings: Surroundings): CommandResult {
  const keys = kids.length === 0 ? 'keys without a key id' : `these keys: ${kids.join(', ')}`
  const lines = [
    colour(surroundings, 'good', 'Good: the keys of this issuer can be fetched.'),
    `It publishes ${keys}`,
    '',
    'Write the issuer exactly so, to the last slash:',
    `  createVerifier({ issuer: '${issuer}', audience: '…' })`,
  ]
  return { output: lines.join('\n'), advice: '', exitCode: 0 }
}

async function ill(
  issuer: string,
  { reason, step, url, status, cause }: KeysRefreshFailedEvent,
  surroundings: Surroundings,
): Promise<CommandResult> {
  const details = [
    `step ${step}`,
    url,
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(cause === undefined ? [] : [causeInWords(cause)]),
  ]
  const lines = [
    colour(
      surroundings,
      'bad',
      'Bad: the keys of this issuer cannot be fetched. Your app would answer 503 keys_unavailable.',
    ),
    `  ${reason}: ${failures[reason]}`,
    colour(surroundings, 'quiet', `  ${details.join(', ')}`),
    ...(await otherSpelling(issuer)),
  ]
  return { output: lines.join('\n'), advice: '', exitCode: 1 }
}

/** Tries the most common mistakes: a slash too much or too little at the end, or the URL of the metadata in place of the issuer. */
async function otherSpelling(issuer: string): Promise<readonly string[]> {
  const [start = ''] = issuer.split('/.well-known/')
  const bare = start.replace(/\/$/, '')
  for (const other of [bare, `${bare}/`].filter((spelling) => spelling !== issuer)) {
    if ('kids' in (await look(other))) return ['', `It works with another spelling. Write: issuer: '${other}'`]
  }
  return []
}
