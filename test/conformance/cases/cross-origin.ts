import { bearer, type Case, cookie, type Expected, good, type Topic } from '../harness/case.js'
import type { Field } from '../harness/raw-http.js'

const evil: Field = ['Origin', 'https://evil.example']
const trusted: Field = ['Origin', 'https://app.example']
const own: Field = ['Origin', '{origin}']

function site(value: string): Field {
  return ['Sec-Fetch-Site', value]
}

/** A request that a cookie signs in, by default a POST, with these fields beside it. */
function from(name: string, fields: readonly Field[], expect: Expected, more: Partial<Case> = {}): Case {
  return {
    name,
    server: 'cookie',
    method: 'POST',
    token: good,
    fields: (t) => [...cookie(t), ...fields],
    expect,
    ...more,
  }
}

const safeMethods: readonly Case[] = ['GET', 'HEAD', 'OPTIONS'].flatMap((method) => [
  from(`${method} passes from another site`, [site('cross-site'), evil], 'accepted', { method }),
  from(`${method} passes with Origin null`, [['Origin', 'null']], 'accepted', { method }),
])

const otherMethods: readonly Case[] = ['PUT', 'PATCH', 'DELETE'].flatMap((method) => [
  from(`${method} from another site`, [site('cross-site'), evil], 'origin_rejected', { method }),
  from(`${method} from our own`, [site('same-origin'), own], 'accepted', { method }),
])

/** The browser's own word. */
const fetchMetadata: readonly Case[] = [
  from('Sec-Fetch-Site: same-origin', [site('same-origin')], 'accepted'),
  from('Sec-Fetch-Site: none', [site('none')], 'accepted'),
  from('Sec-Fetch-Site: same-origin, whatever Origin says', [site('same-origin'), evil], 'accepted'),
  from('Sec-Fetch-Site: none, whatever Origin says', [site('none'), ['Origin', 'null']], 'accepted'),
  from('Sec-Fetch-Site: same-site', [site('same-site')], 'origin_rejected'),
  from('Sec-Fetch-Site: cross-site', [site('cross-site')], 'origin_rejected'),
  from('Sec-Fetch-Site: cross-site from elsewhere', [site('cross-site'), evil], 'origin_rejected'),
  from('Sec-Fetch-Site: cross-site from a trusted origin', [site('cross-site'), trusted], 'accepted'),
  from('Sec-Fetch-Site: same-site from a trusted origin', [site('same-site'), trusted], 'accepted'),
  from(
    'Sec-Fetch-Site: cross-site from the other trusted origin',
    [site('cross-site'), ['Origin', 'http://localhost:5173']],
    'accepted',
  ),
  // "any other value is refused unless Origin is exactly a trusted one": our own origin is not a trusted one.
  from('Sec-Fetch-Site: cross-site with our own Origin', [site('cross-site'), own], 'origin_rejected'),
  from('Sec-Fetch-Site: same-site with our own Origin', [site('same-site'), own], 'origin_rejected'),
  from('Sec-Fetch-Site: cross-site with Origin null', [site('cross-site'), ['Origin', 'null']], 'origin_rejected'),
  from('Sec-Fetch-Site: cross-site with an empty Origin', [site('cross-site'), ['Origin', '']], 'origin_rejected'),
  from('Sec-Fetch-Site in upper case', [site('SAME-ORIGIN')], 'origin_rejected'),
  from('Sec-Fetch-Site: a value of tomorrow', [site('same-party')], 'origin_rejected'),
  from('Sec-Fetch-Site: two values', [site('same-origin, cross-site')], 'origin_rejected'),
  from('Sec-Fetch-Site: two fields', [site('same-origin'), site('cross-site')], 'origin_rejected'),
  from('Sec-Fetch-Site: the same twice', [site('none'), site('none')], 'origin_rejected'),
  // Reading: "an empty Origin counts as absent" is said of Origin alone, so an empty Sec-Fetch-Site is "any other value".
  from('Sec-Fetch-Site: empty', [site('')], 'origin_rejected'),
  from('Sec-Fetch-Site: empty, from a trusted origin', [site(''), trusted], 'accepted'),
  from(
    'the other Sec-Fetch fields are not looked at',
    [
      ['Sec-Fetch-Mode', 'navigate'],
      ['Sec-Fetch-Dest', 'document'],
    ],
    'accepted',
  ),
]

/** A browser that sends Origin alone. */
const originAlone: readonly Case[] = [
  from('neither header: not a browser', [], 'accepted'),
  from('an empty Origin counts as absent', [['Origin', '']], 'accepted'),
  from('Origin: our own', [own], 'accepted'),
  from(
    'Origin: our own, by another name',
    [
      ['Host', 'localhost:8080'],
      ['Origin', 'http://localhost:8080'],
    ],
    'accepted',
  ),
  from(
    'Origin: our own on the default port',
    [
      ['Host', 'app.test'],
      ['Origin', 'http://app.test'],
    ],
    'accepted',
  ),
  from('Origin: trusted', [trusted], 'accepted'),
  from('Origin: the other trusted one', [['Origin', 'http://localhost:5173']], 'accepted'),
  from('Origin: another', [evil], 'origin_rejected'),
  from('Origin: null', [['Origin', 'null']], 'origin_rejected'),
  from(
    'Origin: our host under https',
    [
      ['Host', 'app.test'],
      ['Origin', 'https://app.test'],
    ],
    'origin_rejected',
  ),
  from(
    'Origin: our host on another port',
    [
      ['Host', 'app.test:8080'],
      ['Origin', 'http://app.test:8081'],
    ],
    'origin_rejected',
  ),
  from(
    'Origin: our host without its port',
    [
      ['Host', 'app.test:8080'],
      ['Origin', 'http://app.test'],
    ],
    'origin_rejected',
  ),
  from(
    'Origin: a subdomain of our host',
    [
      ['Host', 'app.test'],
      ['Origin', 'http://www.app.test'],
    ],
    'origin_rejected',
  ),
  from(
    'Origin: our host as a subdomain',
    [
      ['Host', 'app.test'],
      ['Origin', 'http://app.test.evil.example'],
    ],
    'origin_rejected',
  ),
  from('Origin: our own with a slash', [['Origin', '{origin}/']], 'origin_rejected'),
  from(
    'Origin: our own, scheme in upper case',
    [
      ['Host', 'app.test'],
      ['Origin', 'HTTP://app.test'],
    ],
    'origin_rejected',
  ),
  from('Origin: our host without a scheme', [['Origin', '{authority}']], 'origin_rejected'),
  from('Origin: a trusted one with a slash', [['Origin', 'https://app.example/']], 'origin_rejected'),
  from('Origin: a trusted one with its default port', [['Origin', 'https://app.example:443']], 'origin_rejected'),
  from('Origin: a trusted one in upper case', [['Origin', 'https://APP.example']], 'origin_rejected'),
  from('Origin: a trusted host under http', [['Origin', 'http://app.example']], 'origin_rejected'),
  from('Origin: a trusted one as its beginning', [['Origin', 'https://app.example.evil.example']], 'origin_rejected'),
  from('Origin: a subdomain of a trusted one', [['Origin', 'https://x.app.example']], 'origin_rejected'),
  from('Origin: a trusted one in a list', [['Origin', 'https://evil.example https://app.example']], 'origin_rejected'),
  from('Origin: two fields, one trusted', [trusted, evil], 'origin_rejected'),
  from('Origin: two fields, both trusted', [trusted, trusted], 'origin_rejected'),
  from('Origin: not a URL', [['Origin', 'file://']], 'origin_rejected'),
  from('Origin: obs-text', [['Origin', 'https://\xe4pp.example']], 'origin_rejected'),
  from('Origin: a star', [['Origin', '*']], 'origin_rejected'),
  from('Referer is not looked at', [['Referer', 'https://evil.example/form']], 'accepted'),
]

/** Nothing here was told to trust a proxy. */
const forwarded: readonly Case[] = [
  from(
    'X-Forwarded-Host does not make an origin our own',
    [['X-Forwarded-Host', 'evil.example'], ['X-Forwarded-Proto', 'https'], evil],
    'origin_rejected',
  ),
  from(
    'X-Forwarded-Proto does not change our scheme',
    [
      ['Host', 'app.test'],
      ['X-Forwarded-Proto', 'https'],
      ['Origin', 'https://app.test'],
    ],
    'origin_rejected',
  ),
  from('X-Forwarded-Proto does not take our origin away', [['X-Forwarded-Proto', 'https'], own], 'accepted'),
  from('X-Forwarded-Host does not take our origin away', [['X-Forwarded-Host', 'other.example'], own], 'accepted'),
  from(
    'Forwarded does not make an origin our own',
    [['Forwarded', 'host=evil.example;proto=https'], evil],
    'origin_rejected',
  ),
  from(
    'X-Forwarded-Port does not change our port',
    [
      ['Host', 'app.test'],
      ['X-Forwarded-Port', '8080'],
      ['Origin', 'http://app.test:8080'],
    ],
    'origin_rejected',
  ),
]

const notLookedAt: readonly Case[] = [
  from(
    'a form from another site',
    [site('cross-site'), evil, ['Content-Type', 'application/x-www-form-urlencoded']],
    'origin_rejected',
    { body: 'a=1' },
  ),
  from('text from another site', [evil, ['Content-Type', 'text/plain']], 'origin_rejected', { body: '{}' }),
  from('JSON from another site is no better', [evil, ['Content-Type', 'application/json']], 'origin_rejected', {
    body: '{}',
  }),
  from('no content type, from another site', [evil], 'origin_rejected', { body: '{}' }),
  from(
    'a multipart form from another site',
    [evil, ['Content-Type', 'multipart/form-data; boundary=x']],
    'origin_rejected',
    { body: '--x--\r\n' },
  ),
  from('text from our own pages', [own, ['Content-Type', 'text/plain']], 'accepted', { body: 'hello' }),
  from('a form from our own pages', [own, ['Content-Type', 'application/x-www-form-urlencoded']], 'accepted', {
    body: 'a=1',
  }),
  from('X-HTTP-Method-Override: GET changes nothing', [evil, ['X-HTTP-Method-Override', 'GET']], 'origin_rejected'),
  from('X-HTTP-Method: GET changes nothing', [evil, ['X-HTTP-Method', 'GET']], 'origin_rejected'),
  from('_method in the query changes nothing', [evil], 'origin_rejected', { path: '/me?_method=GET' }),
  from('a GET that would be overridden is a GET', [evil, ['X-HTTP-Method-Override', 'DELETE']], 'accepted', {
    method: 'GET',
  }),
  from('X-Requested-With does not help', [evil, ['X-Requested-With', 'XMLHttpRequest']], 'origin_rejected'),
]

const bearerExempt: readonly Case[] = [
  {
    name: 'a Bearer request is exempt from another site',
    server: 'cookie',
    method: 'POST',
    token: good,
    fields: (t) => [...bearer(t), site('cross-site'), evil],
    expect: 'accepted',
  },
  {
    name: 'a Bearer request is exempt with Origin null',
    server: 'cookie',
    method: 'DELETE',
    token: good,
    fields: (t) => [...bearer(t), ['Origin', 'null']],
    expect: 'accepted',
  },
  {
    name: 'a Bearer request beside another cookie is exempt',
    server: 'cookie',
    method: 'POST',
    token: good,
    fields: (t) => [...bearer(t), ['Cookie', 'theme=dark'], evil],
    expect: 'accepted',
  },
  {
    name: 'the Basic scheme exempts nobody',
    server: 'cookie',
    method: 'POST',
    token: good,
    fields: (t) => [...cookie(t), ['Authorization', 'Basic dXNlcjpwYXNz'], evil],
    expect: 'origin_rejected',
  },
]

const order: readonly Case[] = [
  {
    name: 'nobody, from another site',
    server: 'cookie',
    method: 'POST',
    fields: () => [site('cross-site'), evil],
    expect: 'token_missing',
  },
  // Reading: DESIGN's picture of a request verifies first; the check is for "when the chosen token came from a cookie".
  {
    name: 'a bad cookie from another site',
    server: 'cookie',
    method: 'POST',
    fields: () => [...cookie('abc'), site('cross-site'), evil],
    expect: 'token_malformed',
  },
  {
    name: 'an expired cookie from another site',
    server: 'cookie',
    method: 'POST',
    token: (m) => m.jwt({ claims: { exp: m.now - 60 } }),
    fields: (t) => [...cookie(t), evil],
    expect: 'token_expired',
  },
  {
    name: 'two tokens from another site',
    server: 'cookie',
    method: 'POST',
    token: good,
    fields: (t) => [...cookie(t), ...bearer(t), evil],
    expect: 'token_repeated',
  },
]

const nobodyTrusted: readonly Case[] = [
  from('no origin is trusted: our own', [own], 'accepted', { server: 'cookieOnly' }),
  from('no origin is trusted: another', [trusted], 'origin_rejected', { server: 'cookieOnly' }),
  from('no origin is trusted: cross-site', [site('cross-site'), trusted], 'origin_rejected', { server: 'cookieOnly' }),
  from('no origin is trusted: same-origin', [site('same-origin')], 'accepted', { server: 'cookieOnly' }),
  from('no origin is trusted: neither header', [], 'accepted', { server: 'cookieOnly' }),
]

/** `requireSameOrigin`: the same verdicts about nobody, since it looks at no token. */
const alone: readonly Case[] = [
  ...otherMethods,
  ...fetchMetadata,
  ...originAlone,
  ...forwarded,
  ...notLookedAt,
].flatMap((each) => {
  if (!('expect' in each) || each.method !== 'POST' || each.path !== undefined) return []
  const { token: _, fields, ...rest } = each
  const expect = each.expect === 'accepted' ? 'public' : each.expect
  const own = () => fields?.('').filter(([name]) => name !== 'Cookie') ?? []
  return [{ ...rest, name: `the check alone: ${each.name}`, path: '/same-origin', fields: own, expect }]
})

const aloneIsForAll: readonly Case[] = [
  {
    name: 'the check alone: a Bearer request is not exempt',
    server: 'cookie',
    method: 'POST',
    path: '/same-origin',
    token: good,
    fields: (t) => [...bearer(t), evil],
    expect: 'origin_rejected',
  },
  {
    name: 'the check alone: a bad token is not looked at',
    server: 'cookie',
    method: 'POST',
    path: '/same-origin',
    fields: () => [...bearer('x'), own],
    expect: 'public',
  },
]

export const crossOrigin: Topic = {
  name: 'the cross-origin check',
  cases: [
    ...safeMethods,
    ...otherMethods,
    ...fetchMetadata,
    ...originAlone,
    ...forwarded,
    ...notLookedAt,
    ...bearerExempt,
    ...order,
    ...nobodyTrusted,
    ...alone,
    ...aloneIsForAll,
  ],
}
