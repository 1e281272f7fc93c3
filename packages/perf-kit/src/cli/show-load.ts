import type { Comparison } from '../baseline/index.ts'
import {
  makeLoadReport,
  renderCapacityHtml,
  renderCapacityMarkdown,
  renderCapacityTerminal,
  renderJson,
  renderLoadHtml,
  renderLoadMarkdown,
  renderLoadTerminal,
} from '../report/index.ts'
import type { Run } from '../run/index.ts'
import { writeReport } from './report-file.ts'
import { displayOf, type Streams } from './terminal-io.ts'

export interface ShowFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly html?: string
  readonly quiet?: boolean
}

/**
 * A load's Run, or that of a search for a capacity, on stdout, in the form asked for, and as a page beside that.
 *
 * @param comparison - of a Run that was held against a baseline, whether there was one or not
 */
export async function showLoad(
  run: Run,
  flags: ShowFlags,
  { stdout, stderr }: Streams,
  comparison?: Comparison,
): Promise<void> {
  stdout.write(textOf(run, flags, stdout, comparison))
  if (flags.html === undefined) return
  await writeReport(flags.html, isSearch(run) ? await renderCapacityHtml(run) : await renderLoadHtml(run, comparison))
  if (flags.quiet !== true) stderr.write(`the page is in ${flags.html}\n`)
}

function textOf(run: Run, { json, markdown }: ShowFlags, stdout: Streams['stdout'], comparison?: Comparison): string {
  if (json === true) return renderJson(comparison === undefined ? run : makeLoadReport(run, comparison))
  if (markdown === true) return isSearch(run) ? renderCapacityMarkdown(run) : renderLoadMarkdown(run, comparison)
  const display = displayOf(stdout, process.env)
  return isSearch(run) ? renderCapacityTerminal(run, display) : renderLoadTerminal(run, display, comparison)
}

/** Repetitions of searches are compared as loads are. */
function isSearch({ capacity }: Run): boolean {
  return capacity !== undefined
}
