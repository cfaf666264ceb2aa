import { isOnLoopback, isSecureUrl } from '@latchkey/core/adapter'

const largestBody = 65_536

/** Whether a request may go to that URL: https, or http on loopback if the issuer itself is there. */
export function isSecure(url: unknown, issuer: string): boolean {
  return isSecureUrl(url, { onLoopback: isOnLoopback(issuer), hosts: [] })
}

/**
 * Makes a request and reads its whole response: at most 64 KiB, and only until the signal fires, also if the given `fetch`
 * ignores the signal.
 *
 * @throws Error, as a rejection, if the URL is not secure, if the body is too large, or when the signal fires
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
  // If the response is faster, nobody waits for this promise any more.
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
    // Ends the connection of a body that was not read to its end. A failure of that does not matter.
    reader?.cancel().catch(() => {})
  }
  return bytes.subarray(0, length)
}
