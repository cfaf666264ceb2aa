export { type ObservedVerifier, type ObserveOptions, observeVerifier } from './observe-verifier.js'
export { type TraceOptions, tracedFetch } from './traced-fetch.js'
export { tracedStore } from './traced-store.js'
