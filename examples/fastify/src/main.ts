import { createApp } from './app.js'

const app = await createApp(process.env)
console.log(await app.listen({ port: Number(process.env['PORT'] ?? 3000) }))
