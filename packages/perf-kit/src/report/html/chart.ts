import type { ChartSpec } from './chart-spec.ts'
import type { SafeHtml } from './safe-html.ts'

/** A chart with what stands beside it for those who cannot see it, or want the figures. */
export interface Chart {
  readonly spec: ChartSpec
  readonly title: string
  /** what it shows, in a sentence */
  readonly summary: string
  /** what a reader has to know about it */
  readonly remarks: readonly string[]
  readonly table: SafeHtml
}
