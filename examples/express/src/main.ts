import { createApp } from './app.js'

const port = Number(process.env['PORT'] ?? 3000)
createApp(process.env).listen(port, (error) => {
  if (error) throw error
  console.log(`http://localhost:${port}`)
})
