/**
 * A programmer's mistake, found where it was made: thrown by `createVerifier`, by an adapter's factory or by a guard's
 * factory, before the first request is served. Its message says which option is wrong and what to write instead; it
 * never holds a token, a key or a secret.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Refuses an option that nobody reads, so that a misspelt `audiense` is not silently unenforced.
 *
 * @param known every name once; the compiler compares them with the type of the options
 */
export function refuseUnknownOptions<Options extends object>(
  where: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigError(`${where}: takes an object of options.`)
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).join(', ')
      throw new ConfigError(`${where}: unknown option ${JSON.stringify(name)}. Known options: ${names}.`)
    }
  }
}

/** Checks a duration or count in an option: a finite number, not negative. */
export function requireNonNegative(where: string, value: unknown): void {
  if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value >= 0)) {
    throw new ConfigError(`${where} must be a finite number, 0 or more. Durations are in seconds.`)
  }
}
