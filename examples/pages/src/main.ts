import { serve } from '@hono/node-server'
import { createApp } from './app.js'

const { ORIGIN: origin = 'http://localhost:3000', ISSUER: issuer = 'https://id.example' } = process.env
const { CLIENT_ID: clientId = 'pages', CLIENT_SECRET: clientSecret = 'from the provider' } = process.env
const app = await createApp({ origin, issuer, clientId, clientSecret })
serve({ fetch: app.fetch, port: Number(new URL(origin).port || 3000) }, () => console.log(origin))
