/**
 * Combined value of a field in Node's `rawHeaders` (RFC 9110 §5.2): every field of that name joined by `", "`, `Cookie` by
 * `"; "` (RFC 9113 §8.2.3). For views over Node requests: Node's own `headers` keeps only the first `Authorization`.
 *
 * @param rawHeaders names and values in turn, as received
 * @param name field name in lower case
 * @returns the combined value, or undefined where there is no such field
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

/** Whether a field has that name, in any letter case; without a lower-case string, which costs more than all of this. */
function isNamed(field: string, name: string): boolean {
  if (field.length !== name.length) return false
  for (let at = 0; at < name.length; at++) {
    const code = field.charCodeAt(at)
    const lower = code >= 65 && code <= 90 ? code + 32 : code
    if (lower !== name.charCodeAt(at)) return false
  }
  return true
}

/** As much of a Node request as holds its header fields. */
export interface NodeFields {
  readonly rawHeaders: readonly string[]
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  /** The connection; a serverless shim may have none. */
  readonly socket?: unknown
}

/**
 * Combined value of a field of a Node request, or of one that a serverless shim made up without `rawHeaders`: then what it
 * put into `headers` has to do.
 *
 * @param name field name in lower case
 */
export function nodeField(request: NodeFields, name: string): string | undefined {
  // Read once: an Express request has a shape of its own, so that V8 looks each property up anew.
  const { rawHeaders } = request
  if (rawHeaders.length > 0) return combinedField(rawHeaders, name)
  // Only here, because Node makes `headers` when they are first asked for.
  const value = request.headers[name]
  return typeof value === 'object' ? value.join(name === 'cookie' ? '; ' : ', ') : value
}

/**
 * Target URI of a request, put together from its parts (RFC 9112 §3.3). Never throws: without a Host it gives the bare
 * path, and of a junk Host a string that is the origin of no page.
 *
 * @param scheme `http` or `https`, as the client sees it
 * @param host the Host field, or what a trusted proxy put in its place
 * @param target request target as received: a path with its query, or an absolute URI, which is the target URI itself
 */
export function targetUri(scheme: string, host: string | undefined, target: string): string {
  // An empty authority would not do: a URL parser then takes the start of the path for the host.
  return host !== undefined && host !== '' && target.startsWith('/') ? `${scheme}://${host}${target}` : target
}
