import { renderJson, renderSweepHtml, renderSweepMarkdown, renderSweepTerminal } from '../report/index.ts'
import type { Run } from '../run/index.ts'
import { writeReport } from './report-file.ts'
import type { ShowFlags } from './show-load.ts'
import { displayOf, type Streams } from './terminal-io.ts'

/** A sweep's Run on stdout, in the form asked for, and as a page beside that. */
export async function showSweep(run: Run, flags: ShowFlags, { stdout, stderr }: Streams): Promise<void> {
  stdout.write(textOf(run, flags, stdout))
  if (flags.html === undefined) return
  await writeReport(flags.html, await renderSweepHtml(run))
  if (flags.quiet !== true) stderr.write(`the page is in ${flags.html}\n`)
}

function textOf(run: Run, { json, markdown }: ShowFlags, stdout: Streams['stdout']): string {
  if (json === true) return renderJson(run)
  return markdown === true ? renderSweepMarkdown(run) : renderSweepTerminal(run, displayOf(stdout, process.env))
}
