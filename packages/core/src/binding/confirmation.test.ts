import { describe, expect, it } from 'vitest'
import { readConfirmation } from './confirmation.js'

const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

describe('readConfirmation', () => {
  it.each(['jkt', 'x5t#S256'])('reads %s', (method) => {
    expect(readConfirmation({ [method]: thumbprint })).toEqual({ method, thumbprint })
  })

  it.each([
    null,
    true,
    'jkt',
    42,
    [],
    [{ jkt: thumbprint }],
    {},
    { jkt: thumbprint, 'x5t#S256': thumbprint },
    { jkt: thumbprint, kid: '1' },
    { kid: '1' },
    { jwk: {} },
    { JKT: thumbprint },
    { x5t: thumbprint },
    { jkt: null },
    { jkt: 42 },
    { jkt: [thumbprint] },
    { jkt: '' },
    { jkt: thumbprint.slice(1) },
    { jkt: `${thumbprint}A` },
    { jkt: `${thumbprint}=` },
    { jkt: `${thumbprint}\n` },
    { jkt: thumbprint.replace('-', '+') },
    { 'x5t#S256': ` ${thumbprint.slice(1)}` },
  ])('reads nothing from %j', (cnf) => {
    expect(readConfirmation(cnf)).toBeUndefined()
  })
})
