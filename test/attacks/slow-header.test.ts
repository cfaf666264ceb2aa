import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { fastest } from './harness/fastest.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// Header fields made to be slow to read: every pattern that looks back, looks again. 14 KB is what Node lets through.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const size = 14_000

describe.each([
  ['Authorization', `Bearer ${' '.repeat(size)}!`],
  ['Authorization', `Bearer a${'='.repeat(size)}!`],
  ['Authorization', `Bearer a${','.repeat(size)}!`],
  ['Authorization', `Bearer ${'"'.repeat(size + 1)}`],
  ['Authorization', `Digest a="${'\\'.repeat(size + 1)}`],
  ['Authorization', `Digest a="${'\\"'.repeat(size / 2)}`],
  ['Authorization', 'a b,'.repeat(size / 4)],
  ['Authorization', `a${' '.repeat(size)}b`],
  ['Authorization', `x,${' '.repeat(size)}=`],
  ['Cookie', `access${' '.repeat(size)}x=1`],
  ['Cookie', `a=access${'\t '.repeat(size / 2)}b`],
  ['Cookie', `access=${' '.repeat(size)}x`],
  ['Cookie', 'access;'.repeat(size / 7)],
  ['Cookie', 'access=a;'.repeat(size / 9)],
])('%s', (name, value) => {
  it(`${value.slice(0, 12)}… is read in linear time`, async () => {
    const attack = {
      method: 'GET',
      header: (asked: string) => (asked === name.toLowerCase() ? value : undefined),
      url: () => 'https://api.example/',
    }
    const took = fastest(() => api.verifier.authenticate(attack, { required: true, scope: [] }))
    // Less than one where it is linear; more than a hundred where it is quadratic.
    expect(took).toBeLessThan(30)
    expect(await api.send({ headers: [[name, value]] })).not.toHaveProperty('seen')
  })
})
