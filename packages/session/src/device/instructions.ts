/** What is the same in the instructions of all sessions of an app. */
export interface InstructionRules {
  /** The path below which the session verbs are mounted, e.g. `/session`. */
  readonly path: string
  /** The app's paths for which the browser does not refresh in advance. */
  readonly exclude: readonly string[]
  /** The access cookie's name. */
  readonly cookie: string
  /** Its attributes without Max-Age, e.g. `Path=/; Secure; HttpOnly; SameSite=Lax`. */
  readonly attributes: string
}

/** The session instructions as they are sent (W3C Device Bound Session Credentials). */
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
 * Makes a session's instructions. They have no other members: with `allowed_refresh_initiators`, another site could cause a
 * refresh, which would come without the Strict refresh cookie and sign the user out.
 *
 * The paths of the verbs are out of scope. The browser may refresh in advance at any request in scope, and a refresh during a
 * log-in or a log-out would undo it.
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
