import type { IncomingMessage } from 'node:http'

/** A request as a gateway takes it from its client. */
export interface GatewayRequest {
  readonly method: string
  readonly path: string
  /** Without its question mark. */
  readonly query: string
  /** Every field on a line of its own. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** Takes a request off Node's server. */
export async function readGatewayRequest(request: IncomingMessage): Promise<GatewayRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const fields: [string, string][] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    fields.push([request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? ''])
  }
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  return { method: request.method ?? 'GET', path, query, fields, body: Buffer.concat(chunks) }
}

/** What a REST API's proxy integration hands on: of a field that came twice, all values in `multiValueHeaders`, the last in `headers`. */
export function eventV1({ method, path, query, fields, body }: GatewayRequest): object {
  const all = byName(fields)
  const parameters = new URLSearchParams(query)
  const domainName = all.get('host')?.[0]
  return {
    version: '1.0',
    resource: path,
    path,
    httpMethod: method,
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(all),
    queryStringParameters: query === '' ? null : Object.fromEntries(parameters),
    multiValueQueryStringParameters:
      query === '' ? null : Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)])),
    pathParameters: null,
    stageVariables: null,
    requestContext: { stage: '$default', domainName, httpMethod: method, path, identity: { sourceIp: '192.0.2.1' } },
    body: body.length === 0 ? null : body.toString('base64'),
    isBase64Encoded: body.length > 0,
  }
}

/** What an HTTP API and a function URL hand on: values of a field joined by commas, cookies in a list of their own. */
export function eventV2({ method, path, query, fields, body }: GatewayRequest): object {
  const all = byName(fields)
  const domainName = all.get('host')?.[0]
  const cookies = all.get('cookie')?.flatMap((value) => value.split('; '))
  all.delete('cookie')
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.join(',')])),
    requestContext: {
      stage: '$default',
      domainName,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
    },
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  }
}

/** A gateway speaks HTTP/2 to most clients, so that names are in lower case; it says of itself that the client spoke https. */
function byName(fields: GatewayRequest['fields']): Map<string, string[]> {
  const all = new Map([
    ['x-forwarded-proto', ['https']],
    ['x-forwarded-for', ['192.0.2.1']],
  ])
  for (const [name, value] of fields) {
    const lower = name.toLowerCase()
    all.set(lower, [...(all.get(lower) ?? []), value])
  }
  return all
}
