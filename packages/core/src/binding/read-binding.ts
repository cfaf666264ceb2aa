import type { Clock } from '../clock.js'
import { ConfigError } from '../config-error.js'
import { defaultClockTolerance } from '../token/claims.js'
import type { TokenSource } from '../token-source/token-source.js'
import type { Dpop } from './dpop.js'
import type { Mtls } from './mtls.js'
import type { BindingRules } from './prove-binding.js'

/** The options of a verifier that concern bound tokens. */
interface BindingOptions {
  readonly dpop?: Dpop
  readonly mtls?: Mtls
  readonly cnf?: 'ignore'
  readonly tokenFrom?: readonly TokenSource[]
  readonly clockTolerance?: number
}

/**
 * Checks that the options about bound tokens go together.
 *
 * @throws ConfigError for one of the wrong kind, or two that exclude each other
 */
export function readBinding(options: BindingOptions, clock: Clock): BindingRules {
  const { dpop, mtls, cnf, tokenFrom = ['header'], clockTolerance = defaultClockTolerance } = options
  if (dpop !== undefined && typeof dpop?.checkProof !== 'function') {
    throw new ConfigError('dpop takes what createDpop gives: dpop: createDpop({ … }).')
  }
  if (mtls !== undefined && typeof mtls?.checkCertificate !== 'function') {
    throw new ConfigError("mtls takes what createMtls gives: mtls: createMtls({ from: 'tls' }).")
  }
  if (cnf !== undefined && cnf !== 'ignore') throw new ConfigError("cnf can only be 'ignore'. Leave it out otherwise.")
  if (cnf !== undefined && (dpop !== undefined || mtls !== undefined)) {
    throw new ConfigError("cnf: 'ignore' stands beside dpop or mtls, which look at `cnf`. Remove the one or the other.")
  }
  if (dpop !== undefined && !tokenFrom.includes('header')) {
    throw new ConfigError("dpop needs 'header' in tokenFrom: bound tokens come in Authorization.")
  }
  if (dpop?.required === true && tokenFrom.length > 1) {
    throw new ConfigError("dpop.required goes with tokenFrom: ['header'] alone: no other source can prove a key.")
  }
  return { dpop, mtls, ignoreCnf: cnf === 'ignore', clockTolerance, clock }
}
