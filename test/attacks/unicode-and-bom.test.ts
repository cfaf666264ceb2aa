import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, encode, now, staticOptions } from './harness/issuer.js'

// Bytes that one reader takes for another text, or for JSON, than the next one does.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const key = issuer.key()
const header = JSON.stringify({ alg: 'ES256', kid: key.kid })
const claims = JSON.stringify({ iss: issuer.url, aud: audience, sub: 'ada', exp: now + 300 })

/** Signs bytes as they are. */
function signed(headerBytes: string | Buffer, claimsBytes: string | Buffer): string {
  const input = `${encode(headerBytes)}.${encode(claimsBytes)}`
  return `${input}.${key.sign(input)}`
}

/** The claims with other bytes in the place of the subject. */
function withSubject(...bytes: number[]): Buffer {
  const [before = '', after = ''] = claims.split('ada')
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}

describe('is malformed, though the issuer signed it', () => {
  it.each([
    ['a byte order mark', `\ufeff${claims}`],
    ['two of them', `\ufeff\ufeff${claims}`],
    ['one at the end', `${claims}\ufeff`],
    ['UTF-16, little-endian', Buffer.from(claims, 'utf16le')],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${claims}`, 'utf16le')],
    ['UTF-16, big-endian', Buffer.from(claims, 'utf16le').swap16()],
    ['Latin-1', withSubject(0xe9)],
    ['an overlong slash', withSubject(0xc0, 0xaf)],
    ['an overlong NUL', withSubject(0xc0, 0x80)],
    ['a surrogate', withSubject(0xed, 0xa0, 0x80)],
    ['a pair of surrogates, as CESU-8 has', withSubject(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
    ['more than Unicode has', withSubject(0xf4, 0x90, 0x80, 0x80)],
    ['a sequence that is cut', withSubject(0xe2, 0x82)],
    ['a lone continuation', withSubject(0x80)],
    ['a NUL', withSubject(0x00)],
    ['a line break in a text', withSubject(0x0a)],
    ['a non-breaking space around', `\u00a0${claims}`],
    ['a NUL at the end', `${claims}\0`],
    ['single quotes', claims.replaceAll('"', "'")],
    ['a comment', `${claims}//`],
    ['a comma at the end', `${claims.slice(0, -1)},}`],
    ['NaN', `${claims.slice(0, -1)},"nbf":NaN}`],
  ])('%s', async (_what, bytes) => {
    expect(await api.bearer(signed(header, bytes))).toEqual({ code: 'token_malformed', reason: 'token_malformed' })
  })

  it('a byte order mark before the header', async () => {
    expect((await api.bearer(signed(`\ufeff${header}`, claims))).code).toBe('token_malformed')
  })

  it('a header in UTF-16', async () => {
    expect((await api.bearer(signed(Buffer.from(header, 'utf16le'), claims))).code).toBe('token_malformed')
  })
})

describe('is what it is', () => {
  it.each(['é', '漢字', '😀', 'a\u0301', '\u202eada', '\u0000', '\u2028'])('the subject %j', async (sub) => {
    expect((await api.bearer(issuer.token({ claims: { sub } }))).seen?.sub).toBe(sub)
  })

  it('JSON with white space around it', async () => {
    expect((await api.bearer(signed(` ${header}\n`, `\t${claims}\r\n`))).seen?.sub).toBe('ada')
  })
})

describe('a text that looks alike is another', () => {
  it.each(['https://id.exаmple', 'https://id.example\u200b', 'https://id.example\u0000', 'https://id\u3002example'])(
    'iss %j',
    async (iss) => {
      expect((await api.bearer(issuer.token({ claims: { iss } }))).reason).toBe('iss_unknown')
    },
  )

  it.each(['https://аpi.example', 'https://api.example\u200b', '\ufeffhttps://api.example'])('aud %j', async (aud) => {
    expect((await api.bearer(issuer.token({ claims: { aud } }))).reason).toBe('aud_mismatch')
  })

  it.each(['аdmin', 'admin\u200b', 'ADMIN', 'admın', 'read\u00a0admin', 'read\tadmin', 'read,admin', 'read\nadmin'])(
    'scope %j',
    async (scope) => {
      const headers = [['Authorization', `Bearer ${issuer.token({ claims: { scope } })}`]] as const
      expect((await api.send({ path: '/admin', headers })).code).toBe('scope_insufficient')
    },
  )
})

describe('in a header field', () => {
  it.each(['Bearer\u00a0', 'Bearer \u00a0', '\u00a0Bearer ', 'Bear\u00ear '])(
    '%j is not the Bearer scheme and a space',
    async (scheme) => {
      const { code } = await api.send({ headers: [['Authorization', `${scheme}${issuer.token()}`]] })
      expect(['request_malformed', 'token_missing']).toContain(code)
    },
  )

  it('a non-breaking space after the token is not trimmed', async () => {
    const { code } = await api.send({ headers: [['Authorization', `Bearer ${issuer.token()}\u00a0`]] })
    expect(code).toBe('request_malformed')
  })
})
