import { expect, it } from 'vitest'
import { platformFetch as bounded } from '../keys/platform-fetch.node.js'
import { platformFetch } from './issuer-fetch.js'

it('is on Node the fetch that no answer can stop the process through', () => {
  expect(platformFetch).toBe(bounded)
})
