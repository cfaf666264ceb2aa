import type { ListedSession } from '@latchkey/session'
import { html } from 'hono/html'

type Page = ReturnType<typeof html>

function page(title: string, content: Page): Page {
  return html`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title>
    <h1>${title}</h1>${content}</html>`
}

export function logInPage(failed: boolean): Page {
  return page(
    'Log in',
    html`${failed ? html`<p role="alert">Name or password is wrong.</p>` : ''}
    <form method="post" action="/log-in">
      <p><label>Name <input name="name" autocomplete="username" required></label></p>
      <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
      <button>Log in</button>
    </form>
    <form action="/provider/log-in"><input type="hidden" name="returnTo" value="/"><button>Log in with your provider</button></form>`,
  )
}

/** @param here the session of the browser that asks for the page */
export function devicesPage(sessions: readonly ListedSession[], here: unknown, logOut: string): Page {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString()
  return page(
    'Your devices',
    html`<ul>${sessions.map(
      ({ id, label, startedAt, refreshedAt }) => html`<li>
      <p>${label ?? 'An unknown device'}${id === here ? ' (this one)' : ''}: since ${time(startedAt)}, last seen ${time(refreshedAt)}</p>
      <form method="post" action="/devices/${id}/end"><button>Log it out</button></form></li>`,
    )}</ul>
    <form method="post" action="${logOut}"><button>Log out</button></form>`,
  )
}
