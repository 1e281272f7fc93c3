import type { Comparison } from '../baseline/index.ts'
import {
  isSweep,
  makeLoadReport,
  renderCapacityHtml,
  renderCapacityMarkdown,
  renderCapacityTerminal,
  renderJson,
  renderLoadHtml,
  renderLoadMarkdown,
  renderLoadTerminal,
  renderSweepHtml,
  renderSweepMarkdown,
  renderSweepTerminal,
  type TerminalOptions,
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

/** How the Run of one kind of measurement is shown. */
interface Forms {
  readonly terminal: (run: Run, options: TerminalOptions, comparison?: Comparison) => string
  readonly markdown: (run: Run, comparison?: Comparison) => string
  readonly html: (run: Run, comparison?: Comparison) => Promise<string>
}

const LOAD: Forms = { terminal: renderLoadTerminal, markdown: renderLoadMarkdown, html: renderLoadHtml }
const SWEEP: Forms = { terminal: renderSweepTerminal, markdown: renderSweepMarkdown, html: renderSweepHtml }
const SEARCH: Forms = {
  terminal: (run, options) => renderCapacityTerminal(run, options),
  markdown: (run) => renderCapacityMarkdown(run),
  html: (run) => renderCapacityHtml(run),
}

/**
 * A load's Run, or that of a search for a capacity or of a sweep, on stdout, in the form asked for, and as a page beside that.
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
  await writeReport(flags.html, await formsOf(run).html(run, comparison))
  if (flags.quiet !== true) stderr.write(`the page is in ${flags.html}\n`)
}

function textOf(run: Run, { json, markdown }: ShowFlags, stdout: Streams['stdout'], comparison?: Comparison): string {
  if (json === true) return renderJson(comparison === undefined ? run : makeLoadReport(run, comparison))
  const forms = formsOf(run)
  if (markdown === true) return forms.markdown(run, comparison)
  return forms.terminal(run, displayOf(stdout, process.env), comparison)
}

/** Repetitions of searches are compared as loads are. */
function formsOf(run: Run): Forms {
  if (run.capacity !== undefined) return SEARCH
  return isSweep(run) ? SWEEP : LOAD
}
