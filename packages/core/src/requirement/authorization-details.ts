import { ConfigError, isFilledText, refuseUnknownOptions, requireOneOrMore } from '../config-error.js'

/**
 * What one entry of the claim `authorization_details` must allow (RFC 9396 §2.2): all members of each list that is given here.
 * A string stands for a list of one.
 */
export interface AuthorizationDetailOptions {
  /** The entry's `type`, equal as a string. */
  readonly type: string
  /** The actions that the entry must allow. Default: not compared. */
  readonly actions?: string | readonly string[]
  /** The locations that the entry must name. Default: not compared. */
  readonly locations?: string | readonly string[]
  /** The kinds of data that the entry must name. Default: not compared. */
  readonly datatypes?: string | readonly string[]
  /** The privileges that the entry must name. Default: not compared. */
  readonly privileges?: string | readonly string[]
}

/** Checked `AuthorizationDetailOptions`: the type and the lists to compare. */
export interface AuthorizationDetail {
  readonly type: string
  readonly lists: readonly (readonly [member: string, wanted: readonly string[]])[]
}

const listNames = ['actions', 'locations', 'datatypes', 'privileges'] as const

/**
 * Checks the option `authorizationDetails` of a guard.
 *
 * @throws ConfigError for an empty list, an entry without type, an empty member, or a member that cannot be compared
 */
export function readAuthorizationDetails(
  asked: AuthorizationDetailOptions | readonly AuthorizationDetailOptions[],
): readonly AuthorizationDetail[] {
  if (!isList(asked)) return [readDetail(asked, option)]
  if (asked.length === 0) throw new ConfigError(`${option} is an empty list. Leave it out.`)
  return Array.from(asked, (each, index) => readDetail(each, `${option}[${index}]`))
}

const option = 'guard: authorizationDetails'

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

function readDetail(asked: AuthorizationDetailOptions, place: string): AuthorizationDetail {
  refuseUnknownOptions(place, asked, {
    type: true,
    actions: true,
    locations: true,
    datatypes: true,
    privileges: true,
  })
  if (!isFilledText(asked.type)) {
    throw new ConfigError(`${place} needs a type, e.g. { type: 'payment', actions: ['initiate'] }.`)
  }
  const lists = listNames.flatMap((member) => {
    const value = asked[member]
    return value === undefined
      ? []
      : [[member, requireOneOrMore(`${place}.${member}`, value, isFilledText, texts)] as const]
  })
  return { type: asked.type, lists }
}

const texts = 'must be a string or a list of strings, none of them empty.'

/** Whether, for each required detail, one entry of the claim allows all of it. A claim that is not a list allows nothing. */
export function allowsDetails(claim: unknown, asked: readonly AuthorizationDetail[]): boolean {
  if (!Array.isArray(claim)) return false
  // Loops, so that a request costs no allocation.
  for (const detail of asked) if (!someAllows(claim, detail)) return false
  return true
}

function someAllows(entries: readonly unknown[], detail: AuthorizationDetail): boolean {
  for (const entry of entries) if (allows(entry, detail)) return true
  return false
}

function allows(entry: unknown, { type, lists }: AuthorizationDetail): boolean {
  if (typeof entry !== 'object' || entry === null || Reflect.get(entry, 'type') !== type) return false
  for (const [member, wanted] of lists) {
    const has: unknown = Reflect.get(entry, member)
    if (!Array.isArray(has)) return false
    for (const each of wanted) if (!has.includes(each)) return false
  }
  return true
}
