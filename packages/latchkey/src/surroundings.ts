import { styleText } from 'node:util'

/** What a command has around it. */
export interface Surroundings {
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<string>
  /** Whether a person reads along: then what is printed has colours. */
  readonly isTerminal: boolean
  /** The present in seconds since the epoch. */
  readonly now: () => number
}

/** How a line is meant. */
export type Mood = 'good' | 'bad' | 'quiet'

const colours = { good: 'green', bad: 'red', quiet: 'dim' } as const

/** Colours a text on a terminal; elsewhere it stays as it is. */
export function colour({ isTerminal }: Surroundings, mood: Mood, text: string): string {
  return isTerminal ? styleText(colours[mood], text, { validateStream: false }) : text
}
