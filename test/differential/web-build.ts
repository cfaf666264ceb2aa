import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Core as a bundler makes it for runtimes that are not Node: Web Crypto through jose, and no node: import in it. */
export async function loadWebBuild(): Promise<typeof import('@latchkey/core')> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-web-build-'))
  try {
    const outfile = join(folder, 'core.mjs')
    await build({
      stdin: {
        contents: "export * from '@latchkey/core'",
        resolveDir: fileURLToPath(new URL('..', import.meta.url)),
      },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      conditions: [],
      outfile,
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}
