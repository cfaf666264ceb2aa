import { ConfigError } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'

/** How sessions are bound to devices. */
export interface DeviceBoundOptions {
  /**
   * `offered`: a browser that can binds the session; others are served as ever. `required`: a session that is not bound is over
   * 60 s after its start, which shuts out every client without device-bound sessions.
   */
  readonly mode: 'offered' | 'required'
  /**
   * Paths, with all below them, before which the browser is not to refresh ahead of time; the log-in page, say. Default: none
   * but the verbs' own.
   */
  readonly exclude?: readonly string[]
  /** Path under which `refresh` and `bind` (`device`) are mounted. Default `/session`. */
  readonly path?: string
}

/** The option in full. */
export type DeviceBound = Required<DeviceBoundOptions>

/**
 * Checks the option `deviceBound`.
 *
 * @returns undefined where it is not given: no device is bound
 * @throws ConfigError for anything else than it takes
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
  if (!isPath(path)) throw new ConfigError(wrongPath('path'))
  if (!Array.isArray(exclude) || !exclude.every(isPath)) throw new ConfigError(wrongPath('exclude'))
  return { mode, exclude: [...exclude], path }
}

const wrongMode = "deviceBound must be 'offered', 'required' or { mode, exclude, path }."

function wrongPath(name: string): string {
  return `deviceBound: ${name} takes paths that begin with "/", of visible ASCII without quotes, backslashes, "?", "#" and "*".`
}

function isPath(path: unknown): path is string {
  return (
    typeof path === 'string' && /^\/[\x21\x24-\x29\x2b-\x3e\x40-\x5b\x5d-\x7e]*$/.test(path) && !path.startsWith('//')
  )
}
