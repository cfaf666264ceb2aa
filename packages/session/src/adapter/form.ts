import { type MaybePromise, readBody } from '@latchkey/core/adapter'

/**
 * Gives a request's form (`application/x-www-form-urlencoded`): what the app's parser has made of it; else it reads up to 64 KiB.
 *
 * @param body what the app's parser has made of the body; undefined if no parser has read it
 * @param chunks the body as a stream; null if there is none
 * @throws AuthError `request_malformed`, as a rejection, if the body is too large or incomplete
 */
export function readForm(body: unknown, chunks: AsyncIterable<Uint8Array> | null): MaybePromise<URLSearchParams> {
  if (typeof body === 'string') return new URLSearchParams(body)
  if (body instanceof Uint8Array) return formOf(body)
  if (typeof body === 'object' && body !== null) return fieldsOf(body)
  return chunks === null ? new URLSearchParams() : readBody(chunks).then(formOf)
}

function formOf(bytes: Uint8Array): URLSearchParams {
  return new URLSearchParams(new TextDecoder().decode(bytes))
}

/** Turns a parser's object into a form. Parsers give a field that comes several times as a list. */
function fieldsOf(body: object): URLSearchParams {
  const pairs = Object.entries(body).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
  )
  return new URLSearchParams(pairs)
}
