import { describe, expect, test } from 'vitest'
import { type Close, sharing } from './sharing.js'

/** Work that is settled by hand, and whom it was shared with. */
function stage() {
  const jobs: { readonly close: Close; readonly settle: (failure?: Error) => void }[] = []
  const shared: string[] = []
  const call = sharing(
    (key, close) =>
      new Promise<string>((resolve, reject) => {
        const name = `${key}${jobs.length}`
        const settle = (failure?: Error) => (failure === undefined ? resolve(name) : reject(failure))
        jobs.push({ close, settle })
      }),
    (result) => void shared.push(result),
  )
  return { jobs, shared, call }
}

describe('sharing', () => {
  test('joins calls by their key', async () => {
    const { jobs, shared, call } = stage()
    const calls = [call('a'), call('a'), call('b'), call('a')]
    await Promise.resolve()
    for (const { settle } of jobs) settle()
    expect(await Promise.all(calls)).toEqual(['a0', 'a0', 'b1', 'a0'])
    expect(shared).toEqual(['a0', 'a0'])
  })

  test('lets nobody join once it is closed', async () => {
    const { jobs, shared, call } = stage()
    const first = call('a')
    await Promise.resolve()
    jobs[0]?.close()
    const second = call('a')
    await Promise.resolve()
    jobs[0]?.close()
    const third = call('a')
    for (const { settle } of jobs) settle()
    expect(await Promise.all([first, second, third])).toEqual(['a0', 'a1', 'a1'])
    expect(shared).toEqual(['a1'])
  })

  test('lets nobody join what is over, and shares a failure', async () => {
    const { jobs, shared, call } = stage()
    const calls = [call('a'), call('a')]
    await Promise.resolve()
    jobs[0]?.settle(new Error('failed'))
    for (const each of calls) await expect(each).rejects.toThrow('failed')
    const anew = call('a')
    await Promise.resolve()
    jobs[1]?.settle()
    expect(await anew).toBe('a1')
    expect(shared).toEqual([])
  })
})
