import { ratioOf, type Series, type Spread, spreadOf } from './measure.js'

/** One line of a section: what was measured of one candidate, and how it compares with the reference. */
export interface Row {
  readonly name: string
  readonly value: Spread
  /** Against the section's reference, round by round; none where there is no reference. */
  readonly ratio?: Spread
}

/** One comparison: a table, and a chart. */
export interface Section {
  /** Name of its chart's file. */
  readonly id: string
  readonly title: string
  readonly unit: string
  /** Which way is better. */
  readonly better: 'less' | 'more'
  readonly reference?: string
  readonly rows: readonly Row[]
  /** What a reader must know to read the figures. */
  readonly note?: string
}

/** A section of times per call, in microseconds. */
export function timed(id: string, title: string, series: readonly Series[], reference: string, note?: string): Section {
  const inMicroseconds = series.map(({ name, samples }) => ({ name, samples: samples.map((sample) => sample / 1000) }))
  const section = compared(id, title, 'µs', 'less', inMicroseconds, reference)
  return note === undefined ? section : { ...section, note }
}

/** A section of samples of any unit, each set against the reference's of the same round. */
export function compared(
  id: string,
  title: string,
  unit: string,
  better: Section['better'],
  series: readonly Series[],
  reference: string,
): Section {
  const base = series.find(({ name }) => name === reference)
  if (base === undefined) throw new Error(`The section ${id} has no ${reference}.`)
  const rows = series.map(({ name, samples }) => ({
    name,
    value: spreadOf(samples),
    ratio: ratioOf(samples, base.samples),
  }))
  return { id, title, unit, better, reference, rows }
}

/** The median ratio of one row. */
export function ratioIn(section: Section, name: string): number {
  return section.rows.find((row) => row.name === name)?.ratio?.median ?? Number.NaN
}
