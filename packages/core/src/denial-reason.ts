import type { AuthErrorCode } from './error-codes.js'

/**
 * Why a request was refused, in more detail than the code. It is for operators: `AuthError.reason` and the event `denied` carry
 * it, and it is never sent to the client.
 */
export type DenialReason =
  | AuthErrorCode
  // token_malformed
  | 'token_too_long'
  // token_rejected: protected header
  | 'header_too_deep'
  | 'alg_not_allowed'
  | 'crit_unsupported'
  | 'b64_unsupported'
  | 'zip_unsupported'
  | 'cty_nested'
  | 'typ_mismatch'
  | 'kid_invalid'
  // token_rejected: encryption
  | 'decryption_failed'
  // token_rejected: key and signature
  | 'key_not_found'
  | 'key_ambiguous'
  | 'key_unfit'
  | 'signature_invalid'
  // token_rejected: claims
  | 'iss_unknown'
  | 'claims_too_deep'
  | 'binding_unchecked'
  | 'aud_mismatch'
  | 'exp_invalid'
  | 'nbf_invalid'
  | 'nbf_in_future'
  | 'iat_invalid'
  | 'iat_in_future'
  | 'sub_invalid'
  | 'jti_invalid'
  | 'client_id_invalid'
  | 'claims_schema'
  | 'claim_mismatch'
  | 'session_ended'
  // token_rejected, keys_unavailable: introspection of an opaque token
  | 'token_inactive'
  | 'introspection_failed'
  // token_rejected: binding
  | 'binding_mismatch'
  | 'certificate_missing'
  | 'certificate_malformed'
  | 'certificate_mismatch'
  // proof_rejected; a fault that tokens can have too has the same name as there
  | 'proof_missing'
  | 'proof_repeated'
  | 'proof_malformed'
  | 'proof_type'
  | 'proof_algorithm'
  | 'proof_signature'
  | 'proof_stale'
  | 'proof_replayed'
  | 'key_private'
  | 'htm_mismatch'
  | 'htu_mismatch'
  | 'ath_mismatch'
  | 'jkt_mismatch'
  // nonce_required
  | 'nonce_missing'
  | 'nonce_unknown'
  // store_unavailable
  | 'replay_unsure'
  // request_malformed, keys_unavailable: log-in with a provider
  | 'log_in_unknown'
  | 'log_in_refused'
  | 'logout_token_rejected'
  | 'provider_unavailable'
  // token_expired
  | 'exp_passed'
  | 'max_token_age_passed'
  // refresh_rejected
  | 'refresh_missing'
  | 'refresh_repeated'
  | 'refresh_malformed'
  | 'refresh_unknown'
  | 'refresh_idle'
  | 'refresh_absolute'
  | 'refresh_reused'
  | 'session_id_mismatch'
  | 'session_unbound'
  // request_malformed, of the session verbs
  | 'body_malformed'
  | 'subject_invalid'
  | 'claim_reserved'
  | 'scope_invalid'
  | 'label_invalid'
  | 'cookie_too_large'
  | 'redirect_not_a_path'
  // proof_required and binding_rejected, of device-bound sessions; some reasons of proof_rejected too
  | 'challenge_unknown'
  | 'challenge_stale'
  | 'challenge_used'
  | 'binding_late'
  | 'already_bound'
  // store_unavailable
  | 'revocation_unsure'
