import type { Running } from './listen.js'

/** Somebody who got hold of a refresh cookie, by way of a stolen laptop for instance. */
export class Thief {
  #cookie: string | undefined

  /** Takes a copy of the refresh cookie that is in a Cookie field. */
  copy(cookies: string | undefined): { copied: boolean } {
    this.#cookie = /__Host-refresh=[^;]+/.exec(cookies ?? '')?.[0]
    return { copied: this.#cookie !== undefined }
  }

  /** Refreshes with the copy, from outside of any browser, and says what came back. */
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
