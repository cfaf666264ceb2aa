import type { Configuration } from './contract-server.js'
import type { IssuerServer } from './issuer-server.js'
import { audience } from './mint.js'
import { keys } from './signing-keys.js'

/** Issuers that the `found` server looks up. */
export const found = {
  staticKeys: 'https://found.example/static',
  soon: 'https://found.example/soon',
  soonNobody: 'https://found.example/soon-nobody',
  tooLate: 'https://found.example/too-late',
  throws: 'https://found.example/throws',
  notOurs: 'https://found.example/not-ours',
  namesItself: 'https://found.example/names-itself',
  namesAnother: 'https://found.example/names-another',
  misspelt: 'https://found.example/misspelt',
  noAudience: 'https://found.example/no-audience',
  plainHttp: 'https://found.example/plain-http',
  longest: `https://found.example/${'x'.repeat(512 - 'https://found.example/'.length)}`,
  tooLong: `https://found.example/${'x'.repeat(513 - 'https://found.example/'.length)}`,
  twoPlaces: 'https://found.example/two-places',
  metadataElsewhere: 'https://found.example/metadata-elsewhere',
  metadataToLoopback: 'https://found.example/metadata-to-loopback',
  tenant: 'https://found.example/t-1/v2.0',
} as const

/** A function finds its issuers, and keeps what it found for a minute. */
export function foundIssuers(issuers: IssuerServer): Configuration {
  const main = issuers.realm('main').url
  const elsewhere = issuers.realm('elsewhere')
  elsewhere.metadataMembers = { issuer: found.metadataElsewhere }
  const leading = issuers.realm('leading-to-loopback')
  leading.metadataMembers = { issuer: found.metadataToLoopback }
  const second = issuers.realm('second')
  second.published = [keys.p256Later.jwk]
  const tenants = issuers.realm('tenants')
  tenants.published = [
    { ...keys.rsa.jwk, issuer: 'https://found.example/{tenantid}/v2.0' },
    { ...keys.p256.jwk, issuer: 5 },
  ]
  const jwks = { keys: [keys.p256.jwk] }
  return {
    issuers: {
      find: {
        [main]: { audience },
        [found.staticKeys]: { audience, jwks },
        [found.soon]: after(0.2, { audience, jwks }),
        [found.soonNobody]: after(0.2, null),
        [found.tooLate]: after(4, { audience, jwks }),
        [found.throws]: 'throw',
        [found.notOurs]: null,
        [found.namesItself]: { issuer: found.namesItself, audience, jwks },
        [found.namesAnother]: { issuer: found.staticKeys, audience, jwks },
        [found.misspelt]: { audiense: audience, jwks },
        [found.noAudience]: { jwks },
        [found.plainHttp]: { audience, jwksUri: 'http://found.example/jwks' },
        [found.longest]: { audience, jwks },
        [found.tooLong]: { audience, jwks },
        [found.twoPlaces]: { audience, jwksUri: [`${main}jwks`, `${second.url}jwks`] },
        // It is not on loopback itself, so the document may lead there only because the host is named.
        [found.metadataElsewhere]: {
          audience,
          metadataUri: `${elsewhere.url}.well-known/openid-configuration`,
          keySet: { plainHttp: [new URL(elsewhere.url).host] },
        },
        [found.metadataToLoopback]: { audience, metadataUri: `${leading.url}.well-known/openid-configuration` },
        [found.tenant]: { audience, jwksUri: `${tenants.url}jwks` },
      },
      keepFor: 60,
    },
    clock: 'manual',
  }
}

/** The answer that comes so many seconds later. Built of pairs, since an object written with a `then` is taken for a promise. */
function after(seconds: number, answer: object | null): object {
  return Object.fromEntries<unknown>([
    ['after', seconds],
    ['then', answer],
  ])
}
