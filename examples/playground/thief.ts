import type { Running } from './listen.js'

/** An attacker who has stolen a refresh cookie, for instance along with a laptop. */
export class Thief {
  #cookie: string | undefined

  /** Copies the refresh cookie from a Cookie header field. */
  copy(cookies: string | undefined): { copied: boolean } {
    this.#cookie = /__Host-refresh=[^;]+/.exec(cookies ?? '')?.[0]
    return { copied: this.#cookie !== undefined }
  }

  /** Refreshes with the copy, without a browser. Returns the status and error code of the response. */
  async refresh(app: Running | undefined): Promise<{ status: number; code?: string }> {
    const response = await fetch(`${app?.url}/session/refresh`, {
      method: 'POST',
      headers: this.#cookie === undefined ? {} : { cookie: this.#cookie },
    })
    if (response.ok) this.copy(response.headers.get('set-cookie') ?? '')
    const { code } = (await response.json()) as { code?: string }
    return { status: response.status, ...(code === undefined ? {} : { code }) }
  }
}
