import { describe, expect, it } from 'vitest'
import { FetchRequestView } from './fetch-request-view.js'
import type { NodeFields } from './raw-headers.js'

describe('FetchRequestView', () => {
  it('shows method, URL and headers', () => {
    const init = { method: 'DELETE', headers: { Cookie: 'a=1' } }
    const request = new Request('https://api.example:8443/things?x=1', init)
    const view = new FetchRequestView(request, request)
    expect(view.method).toBe('DELETE')
    expect(view.url()).toBe('https://api.example:8443/things?x=1')
    expect(view.header('cookie')).toBe('a=1')
    expect(view.header('authorization')).toBeUndefined()
  })

  it('shows the request itself, by which guards behind each other know that it is the same', () => {
    const request = new Request('https://api.example/')
    expect(new FetchRequestView(request, request).native).toBe(request)
  })

  it('shows every field of a name, combined', () => {
    const headers = new Headers({ authorization: 'Bearer a' })
    headers.append('Authorization', 'Bearer b')
    const request = new Request('https://api.example/', { headers })
    expect(new FetchRequestView(request, request).header('authorization')).toBe('Bearer a, Bearer b')
  })

  it('shows an empty field as empty and not as absent', () => {
    const request = new Request('https://api.example/', { headers: { origin: '' } })
    expect(new FetchRequestView(request, request).header('origin')).toBe('')
  })
})

const incomingAt = Symbol('incoming')
const headersAt = Symbol('headers')

/** As `@hono/node-server` has it: keeps Node's request, and makes headers of it when they are asked for. */
class ServedRequest extends Request {
  readonly [incomingAt]: NodeFields;
  [headersAt]: Headers | undefined

  static {
    Object.defineProperty(ServedRequest.prototype, 'headers', {
      get(this: ServedRequest) {
        this[headersAt] ??= new Headers({ authorization: 'Bearer of-headers' })
        return this[headersAt]
      },
    })
  }

  constructor(incoming: NodeFields) {
    super('http://api.example/')
    this[incomingAt] = incoming
  }
}

const incoming = (authorization: string): NodeFields => ({
  rawHeaders: ['Authorization', authorization],
  headers: { authorization },
})

describe('FetchRequestView on Node', () => {
  it('learns from a request where Node keeps fields, and reads them there then', () => {
    const views = ['a', 'b'].map((each) => {
      const node = { incoming: incoming(`Bearer ${each}`), outgoing: {} }
      const request = new ServedRequest(node.incoming)
      return new FetchRequestView(request, request, node)
    })
    expect(views.map((view) => view.header('authorization'))).toEqual(['Bearer of-headers', 'Bearer b'])
  })

  it('goes by headers that somebody has asked for, since they may have been changed', () => {
    const node = { incoming: incoming('Bearer a'), outgoing: {} }
    const request = new ServedRequest(node.incoming)
    request.headers.set('authorization', 'Bearer changed')
    expect(new FetchRequestView(request, request, node).header('authorization')).toBe('Bearer changed')
  })

  it('goes by a request that is not of Node’s making', () => {
    const request = new Request('https://api.example/', { headers: { authorization: 'Bearer own' } })
    const view = new FetchRequestView(request, request, { incoming: incoming('Bearer a'), outgoing: {} })
    expect(view.header('authorization')).toBe('Bearer own')
  })

  it('sees every field of what asks for an upgrade, of which the headers keep the first', () => {
    const fields = ['Authorization', 'Bearer a', 'Authorization', 'Bearer b']
    const node = { incoming: { rawHeaders: fields, headers: { authorization: 'Bearer a' } } }
    const view = (authorization: string) => {
      const request = new Request('https://api.example/', { headers: { authorization } })
      return new FetchRequestView(request, request, node)
    }
    expect(view('Bearer a').header('authorization')).toBe('Bearer a, Bearer b')
    expect(view('Bearer changed').header('authorization')).toBe('Bearer changed')
  })

  it('shows the certificate of the connection', () => {
    const raw = new Uint8Array([1])
    const socket = { authorized: true, getPeerCertificate: () => ({ raw }), isSessionReused: () => false }
    const request = new Request('https://api.example/')
    const node = { incoming: { ...incoming('Bearer a'), socket }, outgoing: {} }
    expect(new FetchRequestView(request, request, node).clientCertificate()).toBe(raw)
    expect(new FetchRequestView(request, request).clientCertificate()).toBeUndefined()
  })
})

it('gives work that outlasts the answer to the platform, where that has a place for it', () => {
  const given: unknown[] = []
  const work = Promise.resolve()
  const request = new Request('https://api.example/')
  new FetchRequestView(request, request).waitUntil(work)
  new FetchRequestView(request, request, undefined, { waitUntil: (each) => given.push(each) }).waitUntil(work)
  expect(given).toEqual([work])
})
