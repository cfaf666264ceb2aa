import type { Answer } from './faults.js'

/** Gives an answer for a URL; undefined if there is nothing at that path. */
export type Handler = (url: string, signal: AbortSignal | undefined) => Promise<Answer> | undefined

const mostRedirects = 20

/** Makes a `fetch` that calls a handler in place of the network, for URLs that are ours. Others fail like an unknown host. */
export function createFetch(handle: Handler, isOurs: (url: URL) => boolean): typeof fetch {
  return followRedirects(async (input, init) => {
    const url = urlOf(input)
    const signal = signalOf(input, init)
    if (!isOurs(new URL(url))) throw networkError('ENOTFOUND')
    signal?.throwIfAborted()
    const answer = await unlessAborted(handle(url, signal) ?? notFound(), signal)
    if (answer === 'reset') throw networkError('ECONNRESET')
    return answer
  })
}

/** Adds the three redirect modes (Fetch standard §4.4) to a `fetch` that follows no redirect. */
export function followRedirects(once: typeof fetch): typeof fetch {
  return async (input, init) => {
    const mode = init?.redirect ?? (input instanceof Request ? input.redirect : 'follow')
    const signal = signalOf(input, init)
    const options: RequestInit = { redirect: 'manual', ...(signal === undefined ? {} : { signal }) }
    let url = urlOf(input)
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const response = await once(url, options)
      const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
      if (location === null || mode === 'manual') return response
      if (mode === 'error') break
      url = new URL(location, url).href
    }
    throw networkError('ERR_REDIRECT')
  }
}

/** Makes the error with which a `fetch` rejects if the network fails. */
export function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

/** Gives the URL that a `fetch` is asked for. */
export function urlOf(input: Parameters<typeof fetch>[0]): string {
  return input instanceof Request ? input.url : String(input)
}

async function notFound(): Promise<Answer> {
  return new Response('not found', { status: 404 })
}

function signalOf(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): AbortSignal | undefined {
  return init?.signal ?? (input instanceof Request ? input.signal : undefined)
}

function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    result.then(resolve, reject)
  })
}
