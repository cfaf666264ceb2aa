import type { FetchStep } from '../events.js'
import { isObject } from '../is-object.js'
import { type FetchBudget, StepFailure } from './fetch-budget.js'
import { codeOf, FetchFailure } from './fetch-failure.js'
import type { Get, ReplyFields } from './reply.js'

/** How one key fetch makes its requests, and how long it may take. */
export interface Fetching {
  readonly get: Get
  readonly budget: FetchBudget
}

/** A JSON object and the header fields of its response. */
export interface JsonReply {
  readonly body: Readonly<Record<string, unknown>>
  readonly fields: ReplyFields
}

/**
 * Fetches one JSON object: only with status 200, without redirect, at most 64 KiB, within the budget. Never rejects.
 *
 * @param url one that has passed `isSecureUrl`
 * @param step what is fetched, for the event
 */
export async function fetchJson(
  url: string,
  step: FetchStep,
  { get, budget }: Fetching,
): Promise<JsonReply | FetchFailure> {
  const reply = await get(url, budget)
  if (reply instanceof StepFailure) {
    const { timeout, error } = reply
    return timeout
      ? new FetchFailure('timeout', step, url)
      : new FetchFailure('network', step, url, { cause: codeOf(error) })
  }
  if ('refused' in reply) {
    const { refused, ...details } = reply
    return new FetchFailure(refused, step, url, details)
  }
  const body = parseObject(reply.body)
  return body === undefined ? new FetchFailure('not_json', step, url) : { body, fields: reply.fields }
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return isObject(value) ? value : undefined
  } catch {
    // The bytes are not UTF-8, or the text is not JSON.
    return undefined
  }
}
