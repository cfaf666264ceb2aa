import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Provider } from 'oidc-provider'

/**
 * The provider's own pages, as a person without a browser needs them: a form that asks who is there, and one that asks
 * whether the client may act for them.
 */
export async function answerInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt } = await provider.interactionDetails(request, response)
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html')
    response.end(`<form method="post"><input name="${prompt.name === 'login' ? 'account' : 'consent'}"></form>`)
    return
  }
  const form = new URLSearchParams(await text(request))
  if (prompt.name === 'login') await logIn(provider, request, response, form)
  else await consent(provider, request, response, form)
}

async function logIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
): Promise<void> {
  const accountId = form.get('account') ?? ''
  await provider.interactionFinished(request, response, { login: { accountId } })
}

async function consent(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
): Promise<void> {
  if (form.get('consent') !== 'yes') {
    await provider.interactionFinished(request, response, { error: 'access_denied' })
    return
  }
  const { session, params, prompt } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ clientId: String(params['client_id']), accountId: session?.accountId ?? '' })
  const missing = prompt.details as {
    readonly missingOIDCScope?: string[]
    readonly missingResourceScopes?: Record<string, string[]>
  }
  if (missing.missingOIDCScope !== undefined) grant.addOIDCScope(missing.missingOIDCScope)
  for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes)
  }
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
