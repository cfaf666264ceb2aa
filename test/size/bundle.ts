import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export interface Bundle {
  readonly text: string
  /** Minified and compressed. */
  readonly bytes: number
  /** The modules of which something is in it. */
  readonly modules: readonly string[]
}

/** For whom a bundle is: Node, or any runtime that has Web standards alone. */
export type Platform = 'node' | 'browser'

/** What a bundler makes of a program that may import whatever the tests may. */
export async function bundle(program: string, platform: Platform, external: readonly string[]): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform,
    conditions: [],
    external: [...external, 'node:*'],
    legalComments: 'none',
    write: false,
    outdir: 'out',
    metafile: true,
  })
  const [{ text, contents } = { text: '', contents: new Uint8Array() }] = outputFiles
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const modules = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  return { text, bytes: gzipSync(contents, { level: 9 }).length, modules }
}
