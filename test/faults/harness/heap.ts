import { collectGarbage } from '../../collect-garbage.js'

/** Runs something and says by how many megabytes the heap and the buffers outside it have grown, garbage left out. */
export async function heapGrowth(action: () => Promise<unknown>): Promise<number> {
  const before = await used()
  await action()
  return (await used()) - before
}

/** A figure for a report. */
export function megabytes(figure: number): string {
  return `${figure.toFixed(2)} MB`
}

async function used(): Promise<number> {
  // What sockets have let go of is collected a turn later.
  for (let turn = 0; turn < 2; turn += 1) {
    collectGarbage()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}
