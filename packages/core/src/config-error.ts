import { isObject } from './is-object.js'

/**
 * A mistake in the app's code. The function that was given the wrong option throws it (`createVerifier`, an adapter, a guard),
 * before the first request is served. The message says which option is wrong and what to write instead. It never contains a
 * token, a key or a secret.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Refuses unknown options. Without this, a misspelt option such as `audiense` would silently do nothing.
 *
 * @param where the function or option that takes the options, for the message
 * @param known every known name; the compiler compares them with the type of the options
 * @throws ConfigError for an unknown name, or if `options` is not an object
 */
export function refuseUnknownOptions<Options extends object>(
  where: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  if (!isObject(options)) throw new ConfigError(`${where}: takes an object of options.`)
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).join(', ')
      throw new ConfigError(`${where}: unknown option ${JSON.stringify(name)}. Known options: ${names}.`)
    }
  }
}

/**
 * Checks an option that takes a list.
 *
 * @param option its name, for the message
 * @param form the end of the message, which says what the option or each of its entries must be
 * @param least the smallest number of entries; default 1
 * @returns a copy
 * @throws ConfigError if it is not a list or is too short, or for the first wrong entry, with its index
 */
export function requireList<T>(
  option: string,
  list: unknown,
  isGood: (each: unknown) => each is T,
  form: string,
  least: number = 1,
): readonly T[] {
  if (!Array.isArray(list) || list.length < least) throw new ConfigError(`${option} ${form}`)
  // The list's own methods skip holes.
  return Array.from(list, (each: unknown, index) => {
    if (isGood(each)) return each
    throw new ConfigError(`${option}[${index}] ${form}`)
  })
}

/** Like `requireList`, for an option that also takes a single value instead of a list. */
export function requireOneOrMore<T>(
  option: string,
  value: unknown,
  isGood: (each: unknown) => each is T,
  form: string,
): readonly T[] {
  return isGood(value) ? [value] : requireList(option, value, isGood, form)
}

/** Whether a value is a string that is not empty. */
export function isFilledText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/**
 * Checks an optional duration or count: undefined, or a finite number of 0 or more.
 *
 * @param where the option's name, for the message
 * @throws ConfigError for anything else
 */
export function requireNonNegative(where: string, value: unknown): void {
  if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value >= 0)) {
    throw new ConfigError(`${where} must be a finite number, 0 or more. Durations are in seconds.`)
  }
}

/**
 * Checks an optional duration that must not be 0: undefined, or a finite number above 0.
 *
 * @param where the option's name, for the message
 * @throws ConfigError for anything else
 */
export function requirePositive(where: string, value: unknown): void {
  if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value > 0)) {
    throw new ConfigError(`${where} must be a finite number of seconds, more than 0.`)
  }
}

/**
 * Checks an optional count: undefined, or a whole number of 1 or more.
 *
 * @param where the option's name, for the message
 * @throws ConfigError for anything else
 */
export function requireCount(where: string, value: unknown): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= 1)) {
    throw new ConfigError(`${where} must be a whole number, 1 or more.`)
  }
}
