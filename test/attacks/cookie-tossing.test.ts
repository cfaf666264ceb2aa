import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// A sibling domain, or a page over plain http, sets a cookie of the same name for a parent domain or a longer path. The
// browser then sends both, the attacker's perhaps first, and nothing in the request says which is which.

const name = '__Host-access'
const issuer = createIssuer()
const api = useApi({ ...staticOptions(issuer), tokenFrom: [{ cookie: name }] })
const ada = issuer.token()
const eve = issuer.token({ claims: { sub: 'eve' } })

const cookies = (...values: string[]) => api.send({ headers: values.map((value) => ['Cookie', value] as const) })

it('one cookie is who is calling', async () => {
  expect((await cookies(`${name}=${ada}`)).seen).toMatchObject({ sub: 'ada', source: 'cookie' })
  expect((await cookies(`a=1; ${name}=${ada}; b=2`)).seen?.sub).toBe('ada')
})

describe('two with different values are refused', () => {
  it.each([
    [[`${name}=${eve}; ${name}=${ada}`]],
    [[`${name}=${ada}; ${name}=${eve}`]],
    [[`${name}=${eve};${name}=${ada}`]],
    [[`${name}=${eve}`, `${name}=${ada}`]],
    [[`${name}=${eve}; a=1`, `b=2; ${name}=${ada}`]],
    [[`${name}=; ${name}=${ada}`]],
    [[`${name}=${ada}; ${name}=`]],
    [[`${name}=x; ${name}=${ada}`]],
    [[`${name} =${eve}; ${name}=${ada}`]],
    [[`${name}="${ada}"; ${name}=${ada}`]],
  ])('%j', async (fields) => {
    expect(await cookies(...fields)).toEqual({ code: 'token_repeated', reason: 'token_repeated' })
  })
})

it('the same value twice is one token', async () => {
  expect((await cookies(`${name}=${ada}; ${name}=${ada}`)).seen?.sub).toBe('ada')
  expect((await cookies(`${name}=${ada}`, `${name}=${ada}`)).seen?.sub).toBe('ada')
})

describe('a name that looks like ours is another', () => {
  it.each([
    '__host-access',
    '__HOST-ACCESS',
    '__Host-Access',
    '__Host-access2',
    'x__Host-access',
    '__Secure-access',
    'access',
    '%5F_Host-access',
    '__Host%2Daccess',
    '"__Host-access"',
    '$__Host-access',
    '__Host-access[]',
    '=__Host-access',
  ])('%s', async (other) => {
    expect(await cookies(`${other}=${eve}`)).toEqual({ code: 'token_missing', reason: 'token_missing' })
    expect((await cookies(`${other}=${eve}; ${name}=${ada}`)).seen?.sub).toBe('ada')
    expect((await cookies(`${name}=${ada}; ${other}=${eve}`)).seen?.sub).toBe('ada')
  })
})

describe('nothing inside another cookie’s value is a cookie', () => {
  it.each([
    [
      `a="x; ${name}=${eve}"`,
      'the quote does not hide it: this is a cookie, with a quote at its end',
      'token_malformed',
    ],
    [`a=x, ${name}=${eve}`, 'a comma separates nothing', 'token_missing'],
    [`a=x&${name}=${eve}`, 'nor does an ampersand', 'token_missing'],
    [`a=${name}=${eve}`, 'the first equals sign counts', 'token_missing'],
  ])('%s', async (field, _why, code) => {
    expect((await cookies(field)).code).toBe(code)
  })

  it('and a value is taken as it stands', async () => {
    for (const value of [`"${ada}"`, encodeURIComponent(`${ada} `), `${ada}\u00a0`, `${ada}, x`]) {
      expect((await cookies(`${name}=${value}`)).code).toBe('token_malformed')
    }
  })
})
