import { serve } from '@hono/node-server'
import { createApp } from './app.js'

serve({ fetch: createApp(process.env).fetch, port: Number(process.env['PORT'] ?? 3000) }, ({ port }) => {
  console.log(`http://localhost:${port}`)
})
