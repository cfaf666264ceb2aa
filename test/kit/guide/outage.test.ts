import { createVerifier } from '@latchkey/core'
import { createEventLog, createManualClock, createTestIssuer, faults } from '@latchkey/testing'
import { expect, it } from 'vitest'

it('knows its callers after three hours of outage, and answers 503 after five', async () => {
  const [clock, log] = [createManualClock(), createEventLog()]
  const issuer = createTestIssuer({ clock })
  const { url, audience, fetch } = issuer
  const verifier = createVerifier({ issuer: url, audience, fetch, clock, onEvent: log.onEvent })
  await verifier.ready()
  issuer.fail(faults.status(503))
  clock.advance(3 * 3600)
  await verifier.verify(issuer.token())
  clock.advance(2 * 3600)
  await expect(async () => verifier.verify(issuer.token())).rejects.toMatchObject({ status: 503 })
  expect(log.ofType('keys_stale_served')).toHaveLength(1)
})
