import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { observeVerifier } from '@latchkey/opentelemetry'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import express, { type Express } from 'express'

export function createApp(verifier: Verifier): Express {
  // Otherwise it serves a port of its own, 9464.
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const meter = new MeterProvider({ readers: [exporter] }).getMeter('app')
  observeVerifier(verifier, { meter, name: 'users' })

  const { requireAuth, getAuth } = expressAuth({ verifier })
  const app = express()
  app.get('/metrics', (req, res) => {
    exporter.getMetricsRequestHandler(req, res)
  })
  app.get('/me', requireAuth(), (req, res) => {
    res.json({ sub: getAuth(req).claims.sub })
  })
  return app
}
