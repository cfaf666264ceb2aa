/** What a browser is told about a device-bound session, once for all sessions of an app. */
export interface InstructionRules {
  /** Path under which the session verbs are mounted, e.g. `/session`. */
  readonly path: string
  /** Paths that need no refresh ahead of time: the verbs' own and the app's. */
  readonly exclude: readonly string[]
  /** The access cookie's name. */
  readonly cookie: string
  /** Its attributes without Max-Age, e.g. `Path=/; Secure; HttpOnly; SameSite=Lax`. */
  readonly attributes: string
}

/** The session instructions (W3C Device Bound Session Credentials), as they are sent. */
export interface SessionInstructions {
  readonly session_identifier: string
  readonly refresh_url: string
  readonly scope: {
    readonly include_site: false
    readonly scope_specification: readonly { readonly type: 'exclude'; readonly domain: '*'; readonly path: string }[]
  }
  readonly credentials: readonly { readonly type: 'cookie'; readonly name: string; readonly attributes: string }[]
}

/**
 * Makes a session's instructions. No member more than these: with `allowed_refresh_initiators` another site could cause a
 * refresh, which would come without the Strict refresh cookie and sign the user out.
 *
 * The verbs' own paths are out of scope: the browser refreshes ahead of time beside any request in scope, and a refresh
 * beside a log-in or a log-out would undo it.
 *
 * @param session the session's id
 */
export function instructionsOf(session: string, rules: InstructionRules): SessionInstructions {
  return {
    session_identifier: session,
    refresh_url: `${rules.path}/refresh`,
    scope: {
      include_site: false,
      scope_specification: [rules.path, ...rules.exclude].map((path) => ({ type: 'exclude', domain: '*', path })),
    },
    credentials: [{ type: 'cookie', name: rules.cookie, attributes: rules.attributes }],
  }
}
