import { type FetchBudget, StepFailure } from './fetch-budget.js'
import { accept, BodyBytes, type Get, type Refusal, refuse, UnfitBody } from './reply.js'

/**
 * Makes a GET with a `fetch`: the platform's, or the app's own. The app's own may do what it likes, e.g. follow a redirect. Its
 * answer is limited in time and size like any other. One that is no response, or whose body the app has read itself, is a
 * failure like a broken connection: a fetch in the background must not stop the process.
 */
export function getWithFetch(fetch: typeof globalThis.fetch): Get {
  return (url, budget) =>
    budget.step(async () => {
      // Called as a plain function, because the fetch of Workers refuses any other `this`.
      const response = await fetch(url, { redirect: 'manual', signal: budget.signal, headers: { accept } })
      const refusal = refuse(response.status, response.headers)
      if (refusal !== undefined) {
        discard(response.body)
        return refusal
      }
      const body = await readBody(response.body, budget)
      return body instanceof Uint8Array ? { fields: response.headers, body } : body
    })
}

async function readBody(
  body: ReadableStream<Uint8Array> | null,
  budget: FetchBudget,
): Promise<Uint8Array | Refusal | StepFailure> {
  const reader = body?.getReader()
  const bytes = new BodyBytes()
  while (reader !== undefined) {
    const chunk = await budget.step(() => reader.read())
    if (chunk instanceof StepFailure) {
      discard(reader)
      return chunk.error instanceof UnfitBody ? chunk.error : chunk
    }
    if (chunk.done) break
    if (!bytes.add(chunk.value)) {
      discard(reader)
      return { refused: 'too_large' }
    }
  }
  return bytes.all
}

/** Cancels a body that nobody will read, so that its connection ends. A failure of that does not matter. */
function discard(body: { cancel(): Promise<void> } | null): void {
  body?.cancel().catch(() => {})
}
