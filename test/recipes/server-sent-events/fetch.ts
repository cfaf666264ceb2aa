import type { Auth, Verifier, Watch } from '@latchkey/core'
import { fetchAuth } from '@latchkey/fetch'

function eventsFor(auth: Auth, { watch }: Verifier): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let watched: Watch<object>
  return new ReadableStream({
    start(events) {
      watched = watch(auth, () => events.close())
      events.enqueue(encoder.encode(`data: hello ${auth.claims.sub}\n\n`))
    },
    cancel: () => watched.stop(),
  })
}

export function createApp(verifier: Verifier) {
  const { requireAuth, getAuth } = fetchAuth({ verifier })
  const headers = { 'content-type': 'text/event-stream' }
  const events = requireAuth()((request) => new Response(eventsFor(getAuth(request), verifier), { headers }))
  return { fetch: events }
}
