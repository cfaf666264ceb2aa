import { describe, expect, it } from 'vitest'
import { fetchRequestView } from './fetch-request-view.js'

describe('fetchRequestView', () => {
  it('shows method, URL and headers', () => {
    const view = fetchRequestView(
      new Request('https://api.example:8443/things?x=1', { method: 'DELETE', headers: { Cookie: 'a=1' } }),
    )
    expect(view.method).toBe('DELETE')
    expect(view.url()).toBe('https://api.example:8443/things?x=1')
    expect(view.header('cookie')).toBe('a=1')
    expect(view.header('authorization')).toBeUndefined()
  })

  it('shows the request itself, by which guards behind each other know that it is the same', () => {
    const request = new Request('https://api.example/')
    expect(fetchRequestView(request).native).toBe(request)
  })

  it('shows every field of a name, combined', () => {
    const headers = new Headers({ authorization: 'Bearer a' })
    headers.append('Authorization', 'Bearer b')
    expect(fetchRequestView(new Request('https://api.example/', { headers })).header('authorization')).toBe(
      'Bearer a, Bearer b',
    )
  })

  it('shows an empty field as empty and not as absent', () => {
    const request = new Request('https://api.example/', { headers: { origin: '' } })
    expect(fetchRequestView(request).header('origin')).toBe('')
  })
})
