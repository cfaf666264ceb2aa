import type { AuthErrorCode } from '../error-codes.js'
import type { RequestView } from '../request-view.js'
import type { AuthScheme, ReadAuthorization } from './authorization.js'
import { readCookie } from './cookie.js'
import { readField } from './field.js'
import type { TokenSource } from './token-source.js'

/** The one token of a request. */
export interface SelectedToken {
  readonly token: string
  readonly source: 'header' | 'cookie'
  /** The scheme of `Authorization`; undefined if the token came another way. */
  readonly scheme: AuthScheme | undefined
}

/**
 * Selects the one token of a request from the configured sources. Nothing else is looked at. Each source is read on its own,
 * and the first refusal decides: a malformed credential is never skipped in favour of another source. Then more than one token
 * is refused, even if they are equal, because a server that chooses lets an attacker choose.
 *
 * @returns the token, null if there is none at all, or the code of the refusal
 */
export function selectToken(
  view: RequestView,
  sources: readonly TokenSource[],
  readAuthorization: ReadAuthorization,
): SelectedToken | AuthErrorCode | null {
  let selected: SelectedToken | null = null
  let repeated = false
  for (const source of sources) {
    const read = readSource(view, source, readAuthorization)
    if (read === undefined) continue
    if (typeof read === 'string') return read
    if (selected !== null) repeated = true
    selected = read
  }
  return repeated ? 'token_repeated' : selected
}

function readSource(
  view: RequestView,
  source: TokenSource,
  readAuthorization: ReadAuthorization,
): SelectedToken | AuthErrorCode | undefined {
  if (source === 'header') return readAuthorization(view.header('authorization'))
  const kind = 'cookie' in source ? 'cookie' : 'header'
  const read =
    'cookie' in source ? readCookie(view.header('cookie'), source.cookie) : readField(view.header(source.header))
  return typeof read === 'object' ? { token: read.token, source: kind, scheme: undefined } : read
}
