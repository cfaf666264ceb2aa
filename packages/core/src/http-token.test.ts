import { describe, expect, it } from 'vitest'
import { isHttpToken } from './http-token.js'

describe('isHttpToken', () => {
  it.each(['a', 'X-Api-Key', '__Host-access', "!#$%&'*+.^_`|~", '0'])('takes %j', (value) => {
    expect(isHttpToken(value)).toBe(true)
  })

  it.each(['', ' a', 'a ', 'a b', 'a,b', 'a;b', 'a=b', 'a:b', 'a\n', 'é', '"a"', '(a)', undefined, null, 5, ['a']])(
    'does not take %j',
    (value) => {
      expect(isHttpToken(value)).toBe(false)
    },
  )
})
