import type { Auth } from '@latchkey/core'

declare global {
  namespace App {
    interface Locals {
      /** Who is calling; only behind the guard in `hooks.server.ts`. */
      auth: Auth
    }
  }
}
