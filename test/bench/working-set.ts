import { createVerifier } from '@latchkey/core'
import { compared, type Section } from './section.js'
import { audience, createBenchKey, freshlyCut, issuer, signBenchToken } from './tokens.js'

/** The tokens of those who come back. */
const workingSet = 5000

/** One-time tokens, all good, between one request of the working set and the next. */
const floods = [0, 1, 5, 20]

/** How many requests of the working set are counted. */
const asked = 20_000

/** What share of a working set is still remembered while good tokens that never return come as well. */
export async function workingSetUnderFlood(): Promise<Section[]> {
  const key = createBenchKey('HS256')
  const secret = key.privateKey.export()
  const own = Array.from({ length: workingSet }, () => signBenchToken(key))
  const series = floods.map((perRequest) => {
    const verifier = createVerifier({ issuer, audience, secret })
    for (const token of own) void verifier.verify(token)
    const before = verifier.stats().remembered
    for (let n = 0; n < asked; n++) {
      for (let other = 0; other < perRequest; other++) void verifier.verify(signBenchToken(key))
      // In no order, as people come.
      void verifier.verify(freshlyCut(own[Math.floor(Math.random() * workingSet)] ?? ''))
    }
    const rate = (verifier.stats().remembered - before) / asked
    return { name: `${perRequest} one-time tokens a request`, samples: [rate] }
  })
  const [quiet = ''] = series.map(({ name }) => name)
  const title = `Hit rate of ${workingSet} tokens beside a flood of good ones that never return`
  return [compared('working-set', title, 'hits a request', 'more', series, quiet)]
}
