import { readFileSync } from 'node:fs'
import { type Clock, ConfigError, type CoreEvent, createVerifier, type Verifier } from '@latchkey/core'

/** Everything that the three servers need, read from one configuration file. */
export interface Contract {
  readonly verifier: Verifier
  /** What the library has reported since the start, oldest first. */
  readonly events: readonly CoreEvent[]
  /** Moves the manual clock by so many seconds; undefined with the system clock. */
  readonly advance: ((seconds: number) => void) | undefined
  /** Whether the keys must be held before the server listens. */
  readonly waitForKeys: boolean
}

/**
 * Reads the configuration that CONTRACT_CONFIG names. What is not of the contract server itself goes to the library as it
 * is, so that the library refuses what it does not know.
 *
 * @throws ConfigError
 */
export function readContract(path: string | undefined): Contract {
  const { issuers, sessions, clock, ...shared } = readJson(path)
  if (sessions !== undefined) throw new ConfigError('sessions: there are none in this version.')
  if (clock !== undefined && clock !== 'manual') throw new ConfigError("clock can only be 'manual'.")
  if (!Array.isArray(issuers)) throw new ConfigError('issuers must be a list.')

  const manual = clock === 'manual' ? manualClock() : undefined
  const events: CoreEvent[] = []
  const verifier = createVerifier({
    ...shared,
    issuers: issuers.map(withSecretBytes),
    onEvent: (event) => events.push(event),
    ...(manual === undefined ? {} : { clock: manual.clock }),
  })
  return { verifier, events, advance: manual?.advance, waitForKeys: requiresKeys(shared['keySet']) }
}

function readJson(path: string | undefined): Record<string, unknown> {
  if (path === undefined || path === '') throw new ConfigError('CONTRACT_CONFIG must name a JSON file.')
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new ConfigError(`CONTRACT_CONFIG cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(content)) throw new ConfigError('CONTRACT_CONFIG must hold a JSON object.')
  return content
}

function requiresKeys(keySet: unknown): boolean {
  return isObject(keySet) && keySet['startup'] === 'require'
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON has no bytes: secrets are base64url here. What is not an issuer's entry is left for the library to refuse. */
function withSecretBytes(entry: unknown) {
  if (!isObject(entry) || entry['secret'] === undefined) return entry as never
  const bytes = (secret: unknown) => (typeof secret === 'string' ? Buffer.from(secret, 'base64url') : secret)
  const { secret } = entry
  return { ...entry, secret: Array.isArray(secret) ? secret.map(bytes) : bytes(secret) } as never
}

/** Starts at the present, in whole seconds, and moves only when told. */
function manualClock(): { clock: Clock; advance: (seconds: number) => void } {
  let now = Math.floor(Date.now() / 1000)
  return {
    clock: () => now,
    advance: (seconds) => {
      now += seconds
    },
  }
}
