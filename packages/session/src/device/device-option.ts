import { ConfigError } from '@latchkey/core'
import { refuseUnknownOptions, requireList } from '@latchkey/core/adapter'

/** How sessions are bound to devices (W3C Device Bound Session Credentials). */
export interface DeviceBoundOptions {
  /**
   * `'offered'`: a browser that supports it binds the session; other browsers work as before. `'required'`: a session that is
   * not bound ends 60 seconds after its start. That shuts out every client that does not support device-bound sessions.
   */
  readonly mode: 'offered' | 'required'
  /**
   * The paths, with all below them, for which the browser does not refresh in advance, e.g. the log-in page. The paths of the
   * verbs are always excluded. Default: none.
   */
  readonly exclude?: readonly string[]
  /** The path below which `refresh` and `bind` (as `device`) are mounted. Default `/session`. */
  readonly path?: string
}

/** The options with their defaults. */
export type DeviceBound = Required<DeviceBoundOptions>

/**
 * Checks the option `deviceBound`.
 *
 * @returns undefined if it is not given: no session is bound
 * @throws ConfigError for a wrong value, or beside `delivery: 'body'`
 */
export function readDeviceBound(option: unknown, delivery: unknown): DeviceBound | undefined {
  if (option === undefined) return undefined
  if (delivery === 'body')
    throw new ConfigError("deviceBound goes with delivery 'cookie' alone. Remove the one or the other.")
  const options = typeof option === 'string' ? { mode: option } : option
  if (typeof options !== 'object' || options === null) throw new ConfigError(wrongMode)
  refuseUnknownOptions('deviceBound', options, { mode: true, exclude: true, path: true })
  const { mode, exclude = [], path = '/session' } = options as { [Name in keyof DeviceBound]?: unknown }
  if (mode !== 'offered' && mode !== 'required') throw new ConfigError(wrongMode)
  if (!isPath(path)) throw new ConfigError(`deviceBound: path ${pathForm}`)
  return { mode, exclude: requireList('deviceBound: exclude', exclude, isPath, pathForm, 0), path }
}

const wrongMode = "deviceBound must be 'offered', 'required' or { mode, exclude, path }."

const pathForm = 'takes paths that begin with "/", of visible ASCII without quotes, backslashes, "?", "#" and "*".'

function isPath(path: unknown): path is string {
  return (
    typeof path === 'string' && /^\/[\x21\x24-\x29\x2b-\x3e\x40-\x5b\x5d-\x7e]*$/.test(path) && !path.startsWith('//')
  )
}
