import { verify as verifyWith } from 'node:crypto'
import { interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { createBenchKey, parametersOf, signBenchToken } from './tokens.js'

const atOnce = 64

/** 64 signatures at once: in line, and on the thread pool, which pays where there are cores to spare. */
export async function offload(rounds: number): Promise<Section[]> {
  const sections: Section[] = []
  for (const alg of ['RS256', 'ES256'] as const) {
    const key = createBenchKey(alg)
    const input = { key: key.publicKey, ...parametersOf(alg) }
    const jobs = Array.from({ length: atOnce }, () => {
      const token = signBenchToken(key)
      const dot = token.lastIndexOf('.')
      return { data: Buffer.from(token.slice(0, dot)), signature: Buffer.from(token.slice(dot + 1), 'base64url') }
    })
    const onPool = (at: number) =>
      new Promise<boolean>((resolve, reject) => {
        const { data, signature } = jobs[at % atOnce] ?? (jobs[0] as (typeof jobs)[number])
        verifyWith('sha256', data, input, signature, (error, good) => (error === null ? resolve(good) : reject(error)))
      })
    const series = await interleave(
      [
        {
          name: 'in line',
          run: (calls) => {
            for (let i = 0; i < calls; i++) {
              const { data, signature } = jobs[i % atOnce] ?? (jobs[0] as (typeof jobs)[number])
              verifyWith('sha256', data, input, signature)
            }
          },
        },
        {
          name: 'on the thread pool',
          run: async (calls) => {
            await Promise.all(Array.from({ length: calls }, (_, at) => onPool(at)))
          },
        },
        {
          name: 'on the thread pool, one by one',
          run: async (calls) => {
            for (let i = 0; i < calls; i++) await onPool(i)
          },
        },
      ],
      { rounds, batch: 50, most: atOnce },
    )
    sections.push(timed(`offload-${alg.toLowerCase()}`, `${atOnce} ${alg} signatures, each`, series, 'in line'))
  }
  return sections
}
