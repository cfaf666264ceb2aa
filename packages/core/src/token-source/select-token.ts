import type { TokenSourceKind } from '../auth.js'
import type { AuthErrorCode } from '../auth-error.js'
import type { RequestView } from '../request-view.js'
import type { VerifiedToken } from '../token/verified-token.js'
import { readBearerHeader } from './bearer-header.js'
import { readCookie } from './cookie.js'

/** Where a token may be: the Authorization header, or a cookie of that name. */
export type TokenSource = 'header' | { readonly cookie: string }

/** The one token of a request. */
export interface SelectedToken {
  readonly token: string
  readonly source: TokenSourceKind
  /** Where it was found to be one that is remembered. */
  readonly recalled?: VerifiedToken | undefined
}

/** Finds the token of a whole `Authorization` field among those that are remembered. */
export type RecallField = (value: string) => VerifiedToken | undefined

/**
 * Selects the one token of a request from the configured sources; nothing else is looked at. A malformed credential is
 * refused, never passed over in favour of another source; more than one token is refused, whatever they say, because a
 * server that chooses lets an attacker choose.
 *
 * @returns the token, null where there is none at all, or the refusal's code
 */
export function selectToken(
  view: RequestView,
  sources: readonly TokenSource[],
  recallField: RecallField,
): SelectedToken | AuthErrorCode | null {
  let selected: SelectedToken | null = null
  for (const source of sources) {
    const read =
      source === 'header'
        ? readAuthorization(view.header('authorization'), recallField)
        : from('cookie', readCookie(view.header('cookie'), source.cookie))
    if (read === undefined) continue
    if (typeof read === 'string') return read
    if (selected !== null) return 'token_repeated'
    selected = read
  }
  return selected
}

type Read<Token> = Token | AuthErrorCode | undefined

/**
 * Reads the Bearer token. Of one that is remembered the characters were looked at when it was new, which spares the common
 * request most of its cost.
 */
function readAuthorization(value: string | undefined, recallField: RecallField): Read<SelectedToken> {
  const recalled = value === undefined ? undefined : recallField(value)
  return recalled === undefined
    ? from('header', readBearerHeader(value))
    : { token: recalled.token, source: 'header', recalled }
}

function from(source: TokenSourceKind, read: Read<{ readonly token: string }>): Read<SelectedToken> {
  return typeof read === 'object' ? { token: read.token, source } : read
}
