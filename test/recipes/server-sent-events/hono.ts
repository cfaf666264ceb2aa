import type { Verifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

export function createApp(verifier: Verifier) {
  const { requireAuth } = honoAuth({ verifier })
  return new Hono().get('/events', requireAuth(), (c) => {
    const { auth } = c.var
    return streamSSE(c, async (events) => {
      // Hono closes the stream when this function is through.
      const over = new Promise<void>((resolve) => {
        const watch = verifier.watch(auth, resolve)
        events.onAbort(() => {
          watch.stop()
          resolve()
        })
      })
      await events.writeSSE({ data: `hello ${auth.claims.sub}` })
      await over
    })
  })
}
