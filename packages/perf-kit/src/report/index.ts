export { renderCapacityHtml } from './capacity-html.ts'
export { renderCapacityMarkdown } from './capacity-markdown.ts'
export { renderCapacityTerminal } from './capacity-terminal.ts'
export { capacitySentence, rateText } from './capacity-view.ts'
export { withDamageTold } from './decode-histogram.ts'
export { formatQuantity } from './format-quantity.ts'
export { renderHeapDiff, renderHeapSummary } from './heap-terminal.ts'
export { renderJson } from './json.ts'
export { type HuntReportOptions, type LeakHuntReport, renderLeakHunt } from './leak-hunt-terminal.ts'
export { renderLoadHtml } from './load-html.ts'
export { renderLoadMarkdown } from './load-markdown.ts'
export { type LoadReport, makeLoadReport } from './load-report.ts'
export { renderLoadTerminal } from './load-terminal.ts'
export { renderMachineCheck } from './machine-check.ts'
export { renderMarkdown } from './markdown.ts'
export {
  type BenchReport,
  benchReportSchema,
  makeReport,
  type ReportContent,
} from './report-document.ts'
export { parseStored, type StoredDocument } from './stored-document.ts'
export { renderSweepHtml } from './sweep-html.ts'
export { renderSweepMarkdown } from './sweep-markdown.ts'
export { renderSweepTerminal } from './sweep-terminal.ts'
export { isSweep } from './sweep-view.ts'
export { renderTerminal } from './terminal.ts'
export type { TerminalOptions } from './terminal-options.ts'
export { visibleText } from './visible-text.ts'
