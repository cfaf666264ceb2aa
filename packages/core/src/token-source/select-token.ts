import type { TokenSourceKind } from '../auth.js'
import type { AuthErrorCode } from '../auth-error.js'
import type { RequestView } from '../request-view.js'
import { readBearerHeader } from './bearer-header.js'
import { readCookie } from './cookie.js'

/** Where a token may be: the Authorization header, or a cookie of that name. */
export type TokenSource = 'header' | { readonly cookie: string }

/** The one token of a request. */
export interface SelectedToken {
  readonly token: string
  readonly source: TokenSourceKind
}

/**
 * Selects the one token of a request from the configured sources; nothing else is looked at. A malformed credential is
 * refused, never passed over in favour of another source; more than one token is refused, whatever they say, because a
 * server that chooses lets an attacker choose.
 *
 * @returns the token, null where there is none at all, or the refusal's code
 */
export function selectToken(view: RequestView, sources: readonly TokenSource[]): SelectedToken | AuthErrorCode | null {
  let selected: SelectedToken | null = null
  for (const source of sources) {
    const read =
      source === 'header'
        ? readBearerHeader(view.header('authorization'))
        : readCookie(view.header('cookie'), source.cookie)
    if (read === undefined) continue
    if (typeof read === 'string') return read
    if (selected !== null) return 'token_repeated'
    selected = { token: read.token, source: source === 'header' ? 'header' : 'cookie' }
  }
  return selected
}
