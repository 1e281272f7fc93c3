import { join } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { renderJson, renderSoakHtml, renderSoakMarkdown, renderSoakTerminal } from '../report/index.ts'
import type { Run } from '../run/index.ts'
import { writeReport } from './report-file.ts'
import type { ShowFlags } from './show-load.ts'
import { displayOf, type Streams } from './terminal-io.ts'

/**
 * A soak's Run on stdout, and as a page and as JSON beside its record. What cannot be written, on a disk that is full, is said, and is no reason to
 * keep the result back.
 *
 * @param folder - of its record; none of a stored Run
 */
export async function showSoak(run: Run, flags: ShowFlags, streams: Streams, folder?: string): Promise<void> {
  const { stdout, stderr } = streams
  stdout.write(textOf(run, flags, stdout))
  const say = (text: string): void => {
    if (flags.quiet !== true) stderr.write(text)
  }
  const pages = [
    ...(folder === undefined ? [] : [join(folder, 'report.html')]),
    ...(flags.html === undefined ? [] : [flags.html]),
  ]
  const page = pages.length === 0 ? '' : await renderSoakHtml(run)
  try {
    if (folder !== undefined) await writeReport(join(folder, 'run.json'), renderJson(run))
    for (const path of pages) await writeReport(path, page)
    const shown = pages.at(-1)
    if (shown !== undefined) say(`the page is in ${shown}\n`)
  } catch (error) {
    if (!(error instanceof PerfKitError)) throw error
    stderr.write(`${error.message}\n`)
  }
}

function textOf(run: Run, { json, markdown }: ShowFlags, stdout: Streams['stdout']): string {
  if (json === true) return renderJson(run)
  if (markdown === true) return renderSoakMarkdown(run)
  return renderSoakTerminal(run, displayOf(stdout, process.env))
}
