import { describe, expect, test } from 'vitest'
import { refusedConfigurations } from './cases/config-errors.js'
import { type Ending, frameworks, startRefused } from './harness/contract-server.js'

// Each on two frameworks, which take turns: a server refuses before it makes its framework, and each start takes 0.3 s.
describe('configurations that are refused', () => {
  refusedConfigurations.forEach(({ name, configuration }, index) => {
    test(name, { timeout: 60_000 }, async () => {
      const two = [0, 1].map((more) => frameworks[(index + more) % frameworks.length] ?? '')
      const endings = await Promise.all(two.map((framework) => startRefused(framework, configuration)))
      const faults = endings.flatMap((ending, i) => faultsOf(ending).map((fault) => `[${two[i]}] ${fault}`))
      expect(faults).toEqual([])
      expect(new Set(endings.map(({ stderr }) => stderr)).size, 'the frameworks differ in their words').toBe(1)
    })
  })
})

/** Exit status 1, one line on standard error that begins `ConfigError:`, and nothing that ought to stay secret. */
function faultsOf({ code, stdout, stderr }: Ending): string[] {
  const faults: string[] = []
  if (stdout.includes('listening on')) faults.push('started')
  if (code !== 1) faults.push(`exit status ${code}`)
  if (!/^ConfigError: \S[^\n]*\n$/.test(stderr)) faults.push(`standard error: ${stderr}`)
  const secret = Buffer.alloc(48, 's').toString('base64url')
  if (stderr.includes(secret) || stderr.includes('"d":')) faults.push('shows a secret')
  return faults
}
