import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import express, { type Express } from 'express'
import { router } from './router.js'

export function createApp(verifier: Verifier): Express {
  const { optionalAuth, getOptionalAuth } = expressAuth({ verifier })
  const createContext = ({ req }: { req: express.Request }) => ({ auth: getOptionalAuth(req) })
  return express().use('/trpc', optionalAuth(), createExpressMiddleware({ router, createContext }))
}
