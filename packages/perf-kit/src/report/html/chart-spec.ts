import type { LineColour } from './palette.ts'

/** What the page's own program needs to draw a chart; plain data, because it is written into the page as JSON. */
export interface ChartSpec {
  /** of the figure that it is drawn in */
  readonly id: string
  /** charts with the same group share their cursor */
  readonly group: string
  /** of a chart that only adds something to the one above it */
  readonly isLow: boolean
  readonly x: XAxis
  readonly y: YAxis
  /** another scale, at the right */
  readonly right?: YAxis
  readonly lines: readonly ChartLine[]
  /** in ascending order; `lines` have a value for each */
  readonly at: readonly number[]
  /** what the cursor stands at, in words, for each */
  readonly atLabels: readonly string[]
}

export interface XAxis {
  readonly isLog: boolean
  readonly from: number
  readonly to: number
  /** where there is no such list, round numbers are found, and written as times */
  readonly ticks?: readonly Tick[]
}

export interface YAxis {
  readonly isLog: boolean
  readonly from: number
  readonly to: number
  readonly ticks: readonly Tick[]
}

export interface Tick {
  readonly at: number
  readonly label: string
  /** left out where there is little room */
  readonly isMinor?: boolean
}

export interface ChartLine {
  readonly label: string
  readonly colour: LineColour
  /** of dash and gap, px; empty for a whole line */
  readonly dash: readonly number[]
  readonly widthPx: number
  readonly isFilled: boolean
  /** each value lasts until the next begins */
  readonly isStepped: boolean
  readonly isRight: boolean
  /** each value is marked; default no */
  readonly hasPoints?: boolean
  /** drawn on where a value is missing; default no */
  readonly spansGaps?: boolean
  readonly values: readonly (number | null)[]
  /** the values for people, as the table has them */
  readonly texts: readonly string[]
  /** marks alone, without a line from one to the next; default no */
  readonly isUnjoined?: boolean
}
