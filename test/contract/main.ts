import { fileURLToPath } from 'node:url'

/** Starts the contract server of the framework named on the command line, in the runtime that CONTRACT_RUNTIME names. */
async function main(framework: string): Promise<void> {
  const runtime = process.env['CONTRACT_RUNTIME'] ?? 'node'
  if (runtime === 'node') return (await import('./serve.js')).serve(framework)
  if (runtime === 'workerd') return (await import('./workerd.js')).serveWorker(framework)
  return (await import('./runtime.js')).runIn(runtime, [fileURLToPath(import.meta.url), framework])
}

try {
  await main(process.argv[2] ?? '')
} catch (error) {
  const line = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  console.error(line.replaceAll(/\s+/g, ' '))
  process.exit(1)
}
