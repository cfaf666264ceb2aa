import { expect, it } from 'vitest'
import { report, setStage } from './harness/stage.js'
import { nextTurn } from './harness/watch.js'

const thousand = 1000

it('a thousand requests arrive before there are keys: one fetch, and all are let in', { timeout: 90_000 }, async () => {
  const { apps, issuer, lasting, watch } = await setStage()
  const release = issuer.jwksEndpoint.hold()
  const tokens = Array.from({ length: thousand }, (_, index) => lasting({ sub: `user-${index}` }))
  const answers = Promise.all(tokens.map((token) => apps.askNext(token)))
  await issuer.jwksEndpoint.requested()
  // The last to arrive finds the fetch under way like the first.
  while (apps.arrived < thousand) await nextTurn()
  release()
  const accepted = (await answers).filter(({ status }) => status === 200)
  expect(accepted).toHaveLength(thousand)
  expect(issuer.jwksEndpoint.requests).toHaveLength(1)
  expect(issuer.metadataEndpoint.requests).toHaveLength(1)
  report(
    '1,000 cold requests at once',
    `${watch.fetches} fetch (1 request for metadata, 1 for keys), ${accepted.length} × 200`,
  )
})

it('a thousand at once when a refresh is due: one fetch, and nobody waits for it', async () => {
  const { clock, issuer, lasting, verifier, watch } = await setStage()
  await verifier.ready()
  clock.advance(3600)
  const release = issuer.jwksEndpoint.hold()
  const tokens = Array.from({ length: thousand }, (_, index) => lasting({ sub: `user-${index}` }))
  const waiting = tokens.map((token) => verifier.verify(token)).filter((answer) => answer instanceof Promise)
  expect(waiting).toHaveLength(0)
  release()
  await watch.idle()
  expect(issuer.jwksEndpoint.requests).toHaveLength(2)
  report('1,000 requests at once, refresh due', `${watch.fetches - 1} fetch, ${waiting.length} waited`)
})

it('a thousand at once and the endpoint down: one attempt, and all get 503', async () => {
  const { issuer, lasting, verifier, watch } = await setStage()
  await issuer.close()
  const token = lasting()
  const refusals = await Promise.all(
    Array.from({ length: thousand }, async () => {
      try {
        await verifier.verify(token)
        return 'accepted'
      } catch (error) {
        return (error as { readonly code?: string }).code
      }
    }),
  )
  expect(refusals.filter((code) => code === 'keys_unavailable')).toHaveLength(thousand)
  expect(watch.fetches).toBe(1)
  report(
    '1,000 cold requests at once, endpoint down',
    `${watch.fetches} attempt, ${refusals.length} × keys_unavailable`,
  )
})
