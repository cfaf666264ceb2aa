import { describe, expect, it } from 'vitest'
import { deepFreeze } from './deep-freeze.js'

describe('deepFreeze', () => {
  it('freezes objects and lists at every depth and gives the same object back', () => {
    const value = { list: [{ deep: { deeper: [1] } }], text: 'a', nothing: null }
    expect(deepFreeze(value)).toBe(value)
    for (const part of [value, value.list, value.list[0], value.list[0]?.deep, value.list[0]?.deep.deeper]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('goes on below an object that is frozen already', () => {
    const value = Object.freeze({ roles: ['user'] })
    deepFreeze({ profile: value })
    expect(Object.isFrozen(value.roles)).toBe(true)
  })

  it('freezes an object without a prototype', () => {
    const bare: Record<string, unknown> = Object.create(null)
    bare['roles'] = ['user']
    deepFreeze(bare)
    expect(Object.isFrozen(bare)).toBe(true)
    expect(Object.isFrozen(bare['roles'])).toBe(true)
  })

  it('comes to an end on a value that contains itself', () => {
    const value: { self?: unknown } = {}
    value.self = value
    expect(Object.isFrozen(deepFreeze(value))).toBe(true)
  })

  it('goes to any depth', () => {
    const innermost: unknown[] = []
    let value = innermost
    for (let depth = 0; depth < 100_000; depth++) value = [value]
    deepFreeze(value)
    expect(Object.isFrozen(innermost)).toBe(true)
  })

  it('leaves alone what has its own ways to change: dates, maps, instances of a class', () => {
    const date = new Date(0)
    const map = new Map([['a', {}]])
    deepFreeze({ date, map })
    expect(Object.isFrozen(date)).toBe(false)
    expect(Object.isFrozen(map)).toBe(false)
  })

  it.each([undefined, null, 5, 'text', true])('gives %j back', (value) => {
    expect(deepFreeze(value)).toBe(value)
  })
})
