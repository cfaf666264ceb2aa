import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { workspace } from '../workspace.js'

/** The workspace's root folder. */
export const root: string = workspace

/** One package that is published. */
export interface Package {
  readonly name: string
  /** Relative to the root, as `packages/core`. */
  readonly folder: string
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** Every package of the workspace that is not private, by folder name. */
export async function publishable(): Promise<Package[]> {
  const folders = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}`).sort()
  const packages: Package[] = []
  for (const folder of folders) {
    const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
    if (manifest.private === true) continue
    packages.push({ name: manifest.name, folder, peerDependencies: manifest.peerDependencies ?? {} })
  }
  return packages
}
