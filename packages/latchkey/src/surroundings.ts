import { styleText } from 'node:util'

/** What a command needs from outside: input, terminal, clock. */
export interface Surroundings {
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<string>
  /** Whether standard output is a terminal. Then the output has colours. */
  readonly isTerminal: boolean
  /** Gives the present in seconds since the epoch. */
  readonly now: () => number
}

/** What a line expresses, which decides its colour. */
export type Mood = 'good' | 'bad' | 'quiet'

const colours = { good: 'green', bad: 'red', quiet: 'dim' } as const

/** Colours a text for a terminal; without one, it gives the text unchanged. */
export function colour({ isTerminal }: Surroundings, mood: Mood, text: string): string {
  return isTerminal ? styleText(colours[mood], text, { validateStream: false }) : text
}
