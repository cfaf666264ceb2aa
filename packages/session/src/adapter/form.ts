import type { MaybePromise } from '@latchkey/core/adapter'
import { readBody } from '@latchkey/core/adapter'

/**
 * A request's form (`application/x-www-form-urlencoded`): what a parser of the app's made of it, else read here, up to 64 KiB.
 *
 * @param body undefined where no parser has read it
 * @throws AuthError `request_malformed` where it is too large or broken off (as a rejection)
 */
export function readForm(body: unknown, chunks: AsyncIterable<Uint8Array> | null): MaybePromise<URLSearchParams> {
  if (typeof body === 'string') return new URLSearchParams(body)
  if (body instanceof Uint8Array) return new URLSearchParams(new TextDecoder().decode(body))
  if (typeof body === 'object' && body !== null) return fieldsOf(body)
  return chunks === null ? new URLSearchParams() : readBody(chunks).then((bytes) => readFormBytes(bytes))
}

function readFormBytes(bytes: Uint8Array): URLSearchParams {
  return new URLSearchParams(new TextDecoder().decode(bytes))
}

/** A parser gives a field that comes several times as a list. */
function fieldsOf(body: object): URLSearchParams {
  const pairs = Object.entries(body).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
  )
  return new URLSearchParams(pairs)
}
