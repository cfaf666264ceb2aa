import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followLog, type LogEntry, type LogListener, type LogSource } from './follow-log.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A log whose connections fail on demand. */
class FakeLog implements LogSource {
  revision = 0
  entries: { revision: number; entry: LogEntry }[] = []
  listeners: LogListener[] = []
  closed = 0
  loads = 0
  answers: 'at once' | 'never' | 'with an error' = 'at once'
  announces = true

  add(id: string): void {
    this.revision += 1
    this.entries.push({ revision: this.revision, entry: { id, forSeconds: 60 } })
    if (this.announces) this.listeners.at(-1)?.announced(this.revision)
  }

  async load(since: number): Promise<{ revision: number; entries: LogEntry[] }> {
    this.loads += 1
    await this.#answer()
    const from = since > this.revision ? 0 : since
    const entries = this.entries.filter(({ revision }) => revision > from).map(({ entry }) => entry)
    return { revision: this.revision, entries }
  }

  async listen(listener: LogListener): Promise<{ close: () => Promise<void> }> {
    await this.#answer()
    this.listeners.push(listener)
    return {
      close: async () => {
        this.closed += 1
      },
    }
  }

  async #answer(): Promise<void> {
    if (this.answers === 'with an error') throw new Error('refused')
    if (this.answers === 'never') await new Promise(() => {})
  }
}

async function follow(log: FakeLog): Promise<{ told: string[]; stop: () => Promise<void> }> {
  const told: string[] = []
  const stop = await followLog(log, {
    revoked: (id) => void told.push(id),
    unsure: () => void told.push('unsure'),
    sure: () => void told.push('sure'),
  })
  expect(told.pop()).toBe('sure')
  return { told, stop }
}

test('tells what is on the list, and what is announced at once', async () => {
  const log = new FakeLog()
  log.add('a')
  const { told } = await follow(log)
  expect(told).toEqual(['a'])
  log.add('b')
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual(['a', 'b'])
})

test('finds what was not announced within half a second, and listens anew', async () => {
  const log = new FakeLog()
  const { told } = await follow(log)
  log.announces = false
  log.add('a')
  await vi.advanceTimersByTimeAsync(500)
  expect(told).toEqual(['a'])
  await vi.advanceTimersByTimeAsync(1000)
  expect(log.closed).toBe(1)
  expect(log.listeners).toHaveLength(2)
  log.announces = true
  log.add('b')
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual(['a', 'b'])
  await vi.advanceTimersByTimeAsync(5000)
  expect(log.listeners).toHaveLength(2)
})

test.each(['never', 'with an error'] as const)(
  'is unsure when it is answered %s, and sure once it is again',
  async (how) => {
    const log = new FakeLog()
    const { told } = await follow(log)
    log.answers = how
    log.announces = false
    await vi.advanceTimersByTimeAsync(1000)
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(600)
    expect(told).toEqual(['unsure'])
    log.add('a')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toEqual(['unsure'])
    log.answers = 'at once'
    await vi.advanceTimersByTimeAsync(2500)
    expect(told).toEqual(['unsure', 'a', 'sure'])
  },
)

test('is not deafened by an announcement that is no number', async () => {
  const log = new FakeLog()
  const { told } = await follow(log)
  log.listeners[0]?.announced(Number.NaN)
  log.announces = false
  log.add('a')
  await vi.advanceTimersByTimeAsync(1500)
  expect(told).toEqual(['a'])
  expect(log.listeners).toHaveLength(2)
})

test('listens again after the connection was lost', async () => {
  const log = new FakeLog()
  const { told } = await follow(log)
  log.listeners[0]?.lost()
  await vi.advanceTimersByTimeAsync(400)
  expect(log.listeners).toHaveLength(2)
  log.add('a')
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual(['a'])
})

test('starts over with a log that was lost', async () => {
  const log = new FakeLog()
  log.add('a')
  log.add('b')
  const { told } = await follow(log)
  log.entries = []
  log.revision = 0
  log.announces = false
  log.add('c')
  await vi.advanceTimersByTimeAsync(400)
  expect(told).toEqual(['a', 'b', 'c'])
})

test('brings announcements that come together into one look after another', async () => {
  const log = new FakeLog()
  const { told } = await follow(log)
  const before = log.loads
  for (let i = 0; i < 100; i++) log.add(`id ${i}`)
  await vi.advanceTimersByTimeAsync(0)
  expect(new Set(told).size).toBe(100)
  expect(log.loads - before).toBeLessThanOrEqual(2)
})

test('rejects where it cannot begin, and leaves nothing behind', async () => {
  const log = new FakeLog()
  log.answers = 'with an error'
  await expect(follow(log)).rejects.toThrow('refused')
  log.answers = 'never'
  const waiting = expect(follow(log)).rejects.toThrow('The session store cannot be reached.')
  await vi.advanceTimersByTimeAsync(2000)
  await waiting
  expect(vi.getTimerCount()).toBe(0)
})

test('stops', async () => {
  const log = new FakeLog()
  const { told, stop } = await follow(log)
  await stop()
  expect(log.closed).toBe(1)
  log.add('a')
  await vi.advanceTimersByTimeAsync(5000)
  expect(told).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})
