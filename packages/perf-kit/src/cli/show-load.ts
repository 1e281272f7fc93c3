import { renderLoadHtml, renderLoadMarkdown, renderLoadTerminal } from '../report/index.ts'
import type { Run } from '../run/index.ts'
import { writeReport } from './report-file.ts'
import { displayOf, type Streams } from './terminal-io.ts'

export interface ShowFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly html?: string
  readonly quiet?: boolean
}

/** A load's Run on stdout, in the form asked for, and as a page beside that. */
export async function showLoad(run: Run, flags: ShowFlags, { stdout, stderr }: Streams): Promise<void> {
  stdout.write(textOf(run, flags, stdout))
  if (flags.html === undefined) return
  await writeReport(flags.html, await renderLoadHtml(run))
  if (flags.quiet !== true) stderr.write(`the page is in ${flags.html}\n`)
}

function textOf(run: Run, { json, markdown }: ShowFlags, stdout: Streams['stdout']): string {
  if (json === true) return `${JSON.stringify(run, undefined, 2)}\n`
  if (markdown === true) return renderLoadMarkdown(run)
  return renderLoadTerminal(run, displayOf(stdout, process.env))
}
