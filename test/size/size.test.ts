import { describe, expect, test } from 'vitest'
import { bundle, type Platform } from './bundle.js'

const frameworks = ['fastify', 'fastify-plugin', '@fastify/cookie', 'express', 'hono', 'hono/*']
const platforms: readonly Platform[] = ['node', 'browser']

/** The sentences of ConfigErrors that are written out whole: what a mistake costs in bytes, for it to be mended at once. */
const literal = /(?:"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)/.source
const sentences = new RegExp(`throw new (\\w+)\\(${literal}(?:\\+${literal})*\\)`, 'g')

describe.each(platforms)('minified and compressed, for %s', (platform) => {
  test('core takes at most 22 KiB without jose and lru-cache', async () => {
    const core = "export { createVerifier } from '@latchkey/core'"
    const { bytes, text } = await bundle(core, platform, ['jose', 'lru-cache'])
    expect(bytes).toBeLessThanOrEqual(22 * 1024)
    // More than a twentieth of it is sentences for whoever configures it.
    const withSentences = [...text.matchAll(sentences)].reduce((sum, [found]) => sum + found.length, 0)
    expect(withSentences).toBeGreaterThan(text.length / 20)
  })

  test('core takes at most 27.5 KiB with lru-cache', async () => {
    const core = "export { createVerifier } from '@latchkey/core'"
    expect((await bundle(core, platform, ['jose'])).bytes).toBeLessThanOrEqual(27.5 * 1024)
  })

  test.each(['fastify', 'express', 'hono'])('the %s adapter takes at most 3 KiB', async (name) => {
    const external = ['@latchkey/core', '@latchkey/session', ...frameworks]
    expect((await bundle(`export * from '@latchkey/${name}'`, platform, external)).bytes).toBeLessThanOrEqual(3 * 1024)
  })
})

describe('an app that only verifies', () => {
  const app = (name: string) => `
    import { createVerifier } from '@latchkey/core'
    import { ${name}Auth } from '@latchkey/${name}'
    export const auth = ${name}Auth({ verifier: createVerifier({ issuer: 'https://id.example', audience: 'api' }) })`

  test.each(['fastify', 'express', 'hono'])('on %s bundles nothing that issues', async (name) => {
    const { modules, text } = await bundle(app(name), 'node', frameworks)
    // How verbs are bound to a framework is there; no verb is.
    const ofSessions = modules.filter((path) => path.includes('packages/session/'))
    expect(ofSessions.filter((path) => !path.includes('packages/session/dist/adapter/'))).toEqual([])
    expect(modules.filter((path) => /jose.*(sign|encrypt|generate|export)/.test(path))).toEqual([])
    expect(text).not.toMatch(/SignJWT|CompactSign|CompactEncrypt|generateKeyPair/)
    expect(modules.some((path) => path.includes('packages/core/'))).toBe(true)
  })

  test('on Web standards alone bundles no more of jose than verifying takes', async () => {
    const { modules } = await bundle(app('hono'), 'browser', frameworks)
    expect(modules.filter((path) => /jose.*(sign|encrypt|generate|export)/.test(path))).toEqual([])
    expect(modules.some((path) => path.endsWith('jws/compact/verify.js'))).toBe(true)
  })
})
