import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../../servers/needs.js'
import { chromiumMissing } from '../chromium.js'
import { Playground } from '../playground.js'
import { Certificates, certificatesMissing } from './certificates.js'
import { host } from './device-app.js'
import { DeviceBrowser } from './device-browser.js'

describe('the playground over https', needs(chromiumMissing ?? certificatesMissing), () => {
  let certificates: Certificates
  let playground: Playground
  let browser: DeviceBrowser
  beforeAll(async () => {
    certificates = new Certificates(host)
    const { cert, key } = certificates.files
    playground = await Playground.start(120, [`TLS_CERT=${cert}`, `TLS_KEY=${key}`])
    browser = await DeviceBrowser.start(host, certificates.home)
  })
  afterAll(async () => {
    await browser?.stop()
    await playground?.stop()
    certificates?.remove()
  })

  it('binds the session to the device: a copy of the cookie is worth nothing, and the user stays in', async () => {
    const tab = await playground.openAt(await browser.context.newPage(), playground.httpsUrl(host))
    await tab.logIn('ann')
    await tab.page.getByText('bound: a copy of the cookies works only').waitFor()
    await tab.press('1. Copy it')
    await tab.page.getByText('The thief has a copy.').waitFor()
    await tab.press('3. Use the copy')
    await tab.page.getByText('The thief got 403 proof_required').waitFor()
    await browser.context.clearCookies({ name: '__Host-access' })
    expect(await tab.call('GET /me')).toEqual(['GET /me 200'])
    await tab.press('Refresh')
    await tab.page.getByText('The browser does that by itself').waitFor()
  })

  it('says over http why it does not', async () => {
    const plain = await playground.openAt(await browser.context.newPage(), playground.url('Fastify'))
    await plain.logIn('ann')
    await plain.page.getByText('not bound: a browser binds a session only over https').waitFor()
  })
})
