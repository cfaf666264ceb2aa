import { isOnLoopback, isSecureUrl } from '@latchkey/core/adapter'

const largestBody = 65_536

/** Whether a request may go there: https, or http on loopback where the issuer itself is there. */
export function isSecure(url: unknown, issuer: string): boolean {
  return isSecureUrl(url, { onLoopback: isOnLoopback(issuer), hosts: [] })
}

/**
 * A `fetch` whose response has come whole: at most 64 KiB, before the signal fires, also where the one given heeds no signal.
 *
 * @throws Error for a URL that is not secure, a body too large, or the signal
 */
export async function fetchWhole(
  send: typeof fetch,
  issuer: string,
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  if (!isSecure(url, issuer)) throw new Error('The issuer names an address that is not https.')
  const { signal } = init
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // Where the response was quicker, nobody waits for it any more.
  over.catch(() => {})
  const response = await Promise.race([send(url, init), over])
  const { status, headers } = response
  const body = await readAtMost(response.body?.getReader(), over)
  return new Response(status === 204 ? null : body, { status, headers })
}

async function readAtMost(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  over: Promise<never>,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(largestBody)
  let length = 0
  try {
    while (reader !== undefined) {
      const { done, value } = await Promise.race([reader.read(), over])
      if (done) break
      if (length + value.byteLength > largestBody) throw new Error('The answer is over 64 KiB.')
      bytes.set(value, length)
      length += value.byteLength
    }
  } finally {
    // Ends the connection of a body that is not read to its end; that this may fail too is of no interest.
    reader?.cancel().catch(() => {})
  }
  return bytes.subarray(0, length)
}
