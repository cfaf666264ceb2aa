import { describe, expect, test } from 'vitest'
import { topics } from './cases/all.js'
import { refusedConfigurations } from './cases/config-errors.js'
import { frameworks } from './harness/contract-server.js'
import { testTopics } from './harness/test-topics.js'

const issuers = testTopics(topics, frameworks)

describe('the suite', () => {
  test('no token ever led anybody to a URL of its own', () => {
    expect(issuers().luredRequests).toEqual([])
  })

  test('names every case once', () => {
    for (const { name, cases } of topics) {
      const names = cases.map((each) => each.name)
      expect(
        names.filter((each, i) => names.indexOf(each) !== i),
        name,
      ).toEqual([])
    }
  })

  test('has its cases, and says how many', () => {
    const requests = topics.reduce((sum, { cases }) => sum + cases.length, 0)
    const count = requests + refusedConfigurations.length
    const lines = topics.map(({ name, cases }) => `  ${String(cases.length).padStart(4)}  ${name}`)
    lines.push(`  ${String(refusedConfigurations.length).padStart(4)}  configurations that are refused`)
    console.log(
      `${lines.join('\n')}\nConformance: ${count} cases × ${frameworks.length} frameworks (${frameworks.join(', ')}) = ${count * frameworks.length}`,
    )
    expect(requests).toBeGreaterThanOrEqual(200)
  })
})
