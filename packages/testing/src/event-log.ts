import type { CoreEvent } from '@latchkey/core'

/** Records events. Give its `onEvent` to `createVerifier`, or to anything else that reports events with a `type`. */
export interface EventLog<Event extends { readonly type: string } = CoreEvent> {
  /** Records an event. It needs no `this`. */
  readonly onEvent: (event: Event) => void
  /** All events so far, the oldest first. */
  readonly events: readonly Event[]
  /** Gives the events of one type, the oldest first. */
  ofType<Type extends Event['type']>(type: Type): Extract<Event, { readonly type: Type }>[]
  /** Forgets all events. */
  clear(): void
}

/**
 * Makes a recorder for events.
 *
 * @typeParam Event the type of the events; default: those of core
 */
export function createEventLog<Event extends { readonly type: string } = CoreEvent>(): EventLog<Event> {
  const events: Event[] = []
  return {
    onEvent: (event) => void events.push(event),
    events,
    ofType: <Type extends Event['type']>(type: Type) =>
      events.filter((event): event is Extract<Event, { readonly type: Type }> => event.type === type),
    clear: () => void events.splice(0),
  }
}
