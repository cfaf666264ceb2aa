import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { applyClaimsSchema, type ClaimsSchema } from './claims-schema.js'

const claims = { sub: 'ada', email: 'ada@example.com', age: '36' }

describe('applyClaimsSchema', () => {
  it('gives the claims back where there is no schema', () => {
    expect(applyClaimsSchema(undefined, claims)).toBe(claims)
  })

  it('lays the output over the claims and keeps those that the schema does not name', () => {
    const schema = z.object({ age: z.coerce.number(), plan: z.string().default('free') })
    expect(applyClaimsSchema(schema, claims)).toEqual({ ...claims, age: 36, plan: 'free' })
  })

  it('leaves the claims that it was given as they were', async () => {
    await applyClaimsSchema(z.object({ age: z.coerce.number() }), claims)
    expect(claims.age).toBe('36')
  })

  it('answers undefined where the schema refuses', () => {
    expect(applyClaimsSchema(z.object({ email: z.number() }), claims)).toBeUndefined()
  })

  it('waits for a schema that answers later', async () => {
    const schema: ClaimsSchema<{ ok: boolean }> = {
      '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: { ok: true } }) },
    }
    const late = applyClaimsSchema(schema, claims)
    expect(late).toBeInstanceOf(Promise)
    expect(await late).toEqual({ ...claims, ok: true })
  })

  it('waits for a refusal that comes later', async () => {
    const schema = z.object({ email: z.string().refine(async () => false) })
    expect(await applyClaimsSchema(schema, claims)).toBeUndefined()
  })

  const answering = (answer: unknown): ClaimsSchema => ({
    '~standard': { version: 1, vendor: 'test', validate: () => answer as never },
  })

  it('waits for a promise of another realm', async () => {
    const later = (answer: unknown): unknown => runInNewContext('Promise.resolve(answer)', { answer })
    expect(await applyClaimsSchema(answering(later({ issues: [{ message: 'no' }] })), claims)).toBeUndefined()
    expect(await applyClaimsSchema(answering(later({ value: { ok: true } })), claims)).toEqual({ ...claims, ok: true })
    await expect(applyClaimsSchema(answering(later({})), claims)).rejects.toThrow(TypeError)
  })

  it.each([undefined, null, true, 'ok', {}, { value: undefined }, { value: 'text' }, { issues: undefined }])(
    'takes %j for a bug of the app',
    (answer) => {
      expect(() => applyClaimsSchema(answering(answer), claims)).toThrow(TypeError)
    },
  )

  it('refuses where there are issues, whatever else there is', () => {
    expect(applyClaimsSchema(answering({ value: {}, issues: [] }), claims)).toBeUndefined()
    expect(applyClaimsSchema(answering({ value: {}, issues: null }), claims)).toBeUndefined()
  })

  it("does not freeze the app's own objects", () => {
    const plan = { name: 'free', seats: [1] }
    const accepted = applyClaimsSchema(answering({ value: { plan } }), claims)
    expect(Object.isFrozen(accepted)).toBe(true)
    expect(Object.isFrozen(plan)).toBe(false)
    expect(Object.isFrozen(plan.seats)).toBe(false)
  })

  it('lets through what the schema throws, and what it rejects with', async () => {
    const bug = new Error('a bug of the app')
    const throwing = (validate: () => never | Promise<never>): ClaimsSchema => ({
      '~standard': { version: 1, vendor: 'test', validate },
    })
    expect(() =>
      applyClaimsSchema(
        throwing(() => {
          throw bug
        }),
        claims,
      ),
    ).toThrow(bug)
    await expect(
      applyClaimsSchema(
        throwing(() => Promise.reject(bug)),
        claims,
      ),
    ).rejects.toBe(bug)
  })
})
