import { serve } from '@hono/node-server'
import { createApp } from './app.js'

const { RESOURCE: resource = 'http://localhost:3000/mcp', ISSUER: issuer = 'https://id.example' } = process.env
const app = createApp({ resource, issuer })
serve({ fetch: app.fetch, port: Number(new URL(resource).port || 3000) }, () => console.log(`MCP server: ${resource}`))
