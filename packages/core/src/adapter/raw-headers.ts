/**
 * Gives the combined value of a field in Node's `rawHeaders` (RFC 9110 §5.2): the values of all fields of that name, joined by
 * `", "`, those of `Cookie` by `"; "` (RFC 9113 §8.2.3). Node's own `headers` keeps only the first `Authorization`.
 *
 * @param rawHeaders names and values in turn, as received
 * @param name the field's name in lower case
 * @returns the combined value, or undefined if there is no such field
 */
export function combinedField(rawHeaders: readonly string[], name: string): string | undefined {
  let combined: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index]
    if (field === undefined || !isNamed(field, name)) continue
    const value = rawHeaders[index + 1] ?? ''
    combined = combined === undefined ? value : `${combined}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return combined
}

/** Whether a field has that name, in any letter case. It makes no lower-case string, because that costs more than the loop. */
function isNamed(field: string, name: string): boolean {
  if (field.length !== name.length) return false
  for (let at = 0; at < name.length; at++) {
    const code = field.charCodeAt(at)
    const lower = code >= 65 && code <= 90 ? code + 32 : code
    if (lower !== name.charCodeAt(at)) return false
  }
  return true
}

/** The part of a Node request that holds its header fields. */
export interface NodeFields {
  readonly rawHeaders: readonly string[]
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  /** The connection; a serverless shim may have none. */
  readonly socket?: unknown
}

/**
 * Gives the combined value of a field of a Node request. Some serverless environments make requests without `rawHeaders`; then
 * it reads `headers`.
 *
 * @param name the field's name in lower case
 * @returns the combined value, or undefined if there is no such field
 */
export function nodeField(request: NodeFields, name: string): string | undefined {
  // Read once, because a property of an Express request is slow to read: each request has a shape of its own in V8.
  const { rawHeaders } = request
  if (rawHeaders.length > 0) return combinedField(rawHeaders, name)
  // Read only here, because Node builds `headers` when they are first read.
  const value = request.headers[name]
  return typeof value === 'object' ? value.join(name === 'cookie' ? '; ' : ', ') : value
}

/**
 * Builds the target URI of a request from its parts (RFC 9112 §3.3). It never throws. Without a Host it gives the bare path. With
 * an invalid Host it gives the bare path too.
 *
 * @param scheme `http` or `https`, as the client sees it
 * @param host the Host field, or the value that a trusted proxy gave in its place
 * @param target the request target as received: a path with its query, or an absolute URI, which is the target URI itself
 */
export function targetUri(scheme: string, host: string | undefined, target: string): string {
  // An empty host is left out: a URL parser would take the start of the path for the host.
  return host !== undefined && uriHost.test(host) && target.startsWith('/') ? `${scheme}://${host}${target}` : target
}

// The characters of a host with its port (RFC 3986 §3.2.2, §3.2.3): if others are in it, a URL parser may find another host.
const uriHost = /^[\w.~!$&'()*+,;=:%[\]-]+$/
