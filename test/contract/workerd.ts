import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { programOf } from './runtime.js'

/** Runs the contract server of a framework as a Worker in workerd. */
export async function serveWorker(framework: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-workerd-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  copyFileSync(process.env['CONTRACT_CONFIG'] ?? '', join(folder, 'config.json'))
  await bundle(join(folder, 'worker.js'))
  const configuration = join(folder, 'workerd.capnp')
  writeFileSync(configuration, configurationOf(framework, Number(process.env['PORT'] ?? 0)))

  const args = ['serve', configuration, '--control-fd=3']
  const child = spawn(await programOf('workerd'), args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))
  child.once('exit', (code) => process.exit(code ?? 1))

  const ports = await portsOf(child)
  const refusal = await (await fetch(`http://127.0.0.1:${ports['start']}`)).text()
  if (refusal !== '') throw refusal
  console.log(`listening on http://127.0.0.1:${ports['http']}`)
}

/** Bundles one file as for a Worker: with the export conditions of workerd, which select the Web build of core. */
async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('worker.js', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['node:*'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'stores',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\/stores\.js$/ }, ({ resolveDir }) => ({
            path: join(resolveDir, 'stores.worker.js'),
          })),
      },
    ],
  })
}

function configurationOf(framework: string, port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "contract", worker = .contract),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "contract"),
    (name = "start", address = "127.0.0.1:0", http = (), service = (name = "contract", entrypoint = "start")),
  ],
);
const contract :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "config.json", text = embed "config.json"),
  ],
  compatibilityDate = "2026-07-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "FRAMEWORK", text = ${JSON.stringify(framework)})],
);
`
}

/** The ports that it listens on. Resolves once it listens on both. */
function portsOf(child: ChildProcess): Promise<{ readonly [socket: string]: number }> {
  const ports: Record<string, number> = {}
  let said = ''
  return new Promise((resolve) => {
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const lines = said.split('\n')
      said = lines.pop() ?? ''
      for (const { event, socket, port } of lines.map((line) => JSON.parse(line))) {
        if (event === 'listen') ports[socket] = port
      }
      if (ports['http'] !== undefined && ports['start'] !== undefined) resolve(ports)
    })
  })
}
