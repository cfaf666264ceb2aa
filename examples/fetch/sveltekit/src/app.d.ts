import type { Auth } from '@latchkey/core'

declare global {
  namespace App {
    interface Locals {
      /** Who is calling. Set only on routes that the guard in `hooks.server.ts` covers. */
      auth: Auth
    }
  }
}
