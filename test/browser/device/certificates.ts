import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../servers/program.js'

const openssl = findProgram('openssl', ['/usr/bin'])
const certutil = findProgram('certutil', ['/usr/bin'])

/** Why no browser can be made to trust a server of ours; undefined where one can. For `needs`. */
export const certificatesMissing: string | undefined =
  openssl === undefined
    ? 'openssl is not installed'
    : certutil === undefined
      ? 'certutil is not installed (libnss3-tools)'
      : undefined

/** A server's key and certificate, and a home folder in which Chromium trusts who issued it. */
export class Certificates {
  readonly key: string
  readonly cert: string
  /** For HOME in the browser's environment. */
  readonly home: string
  /** Where both are, for a program that reads files. */
  readonly files: { readonly key: string; readonly cert: string }
  readonly #folder: string

  /** @param host the name that the certificate is for */
  constructor(host: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'latchkey-certificates-'))
    this.home = join(this.#folder, 'home')
    this.#makeAuthority()
    this.#makeServer(host)
    this.#trust()
    this.files = { key: join(this.#folder, 'server.key'), cert: join(this.#folder, 'server.crt') }
    this.key = this.#read('server.key')
    this.cert = this.#read('server.crt')
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #makeAuthority(): void {
    const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
    this.#openssl(
      'req',
      '-x509',
      ...ecKey('ca.key'),
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      '/CN=test',
      ...extensions,
    )
  }

  #makeServer(host: string): void {
    writeFileSync(join(this.#folder, 'extensions'), `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\n`)
    this.#openssl('req', ...ecKey('server.key'), '-out', 'server.csr', '-subj', `/CN=${host}`)
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
    this.#openssl('x509', '-req', '-in', 'server.csr', ...authority, '-extfile', 'extensions', '-out', 'server.crt')
  }

  /** Chromium reads the authorities of the user from an NSS database in the home folder. */
  #trust(): void {
    const folder = join(this.home, '.pki/nssdb')
    mkdirSync(folder, { recursive: true })
    execFileSync(certutil ?? 'certutil', ['-d', `sql:${folder}`, '-N', '--empty-password'])
    const authority = ['-A', '-t', 'C,,', '-n', 'test', '-i', join(this.#folder, 'ca.crt')]
    execFileSync(certutil ?? 'certutil', ['-d', `sql:${folder}`, ...authority])
  }

  #openssl(...args: readonly string[]): void {
    execFileSync(openssl ?? 'openssl', args, { cwd: this.#folder, stdio: 'ignore' })
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8')
  }
}

function ecKey(file: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file]
}
