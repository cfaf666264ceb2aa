/** A request as its client sent it; every field on a line of its own. */
export interface Request {
  readonly method: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** The path of every request here. */
const path = '/me'

/** What a REST API's proxy integration hands on: of a field that came twice, all values in `multiValueHeaders`, the last in `headers`. */
export function eventV1(domainName: string, { method, fields }: Request): object {
  const all = byName(domainName, fields)
  return {
    version: '1.0',
    resource: path,
    path,
    httpMethod: method,
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(all),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: { stage: '$default', domainName, httpMethod: method, path, identity: { sourceIp: '192.0.2.1' } },
    body: null,
    isBase64Encoded: false,
  }
}

/** What an HTTP API and a function URL hand on: values of a field joined by commas, cookies in a list of their own. */
export function eventV2(domainName: string, { method, fields }: Request): object {
  const all = byName(domainName, fields)
  const cookies = all.get('cookie')?.flatMap((value) => value.split('; '))
  all.delete('cookie')
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    ...(cookies === undefined ? {} : { cookies }),
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.join(',')])),
    requestContext: {
      stage: '$default',
      domainName,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
    },
    isBase64Encoded: false,
  }
}

function byName(domainName: string, fields: Request['fields']): Map<string, string[]> {
  const all = new Map([
    ['host', [domainName]],
    ['x-forwarded-proto', ['https']],
    ['x-forwarded-for', ['192.0.2.1']],
  ])
  for (const [name, value] of fields) all.set(name, [...(all.get(name) ?? []), value])
  return all
}
