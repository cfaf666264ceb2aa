import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import express, { type Express } from 'express'

export function createApp(verifier: Verifier): Express {
  const { requireAuth, getAuth } = expressAuth({ verifier })
  return express().get('/events', requireAuth(), (req, res) => {
    const auth = getAuth(req)
    const watch = verifier.watch(auth, () => res.end())
    res.once('close', watch.stop)
    res.type('text/event-stream').write(`data: hello ${auth.claims.sub}\n\n`)
  })
}
