import { styleText } from 'node:util'
import type { Run } from '../run/index.ts'
import { hanging, renderLoadTerminal } from './load-terminal.ts'
import { type SoakView, soakView, stateSign } from './soak-view.ts'
import { renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { visibleText } from './visible-text.ts'

const COLOURS = { leaking: 'red', steady: 'green', inconclusive: 'yellow' } as const
const SHORTEST_WORDS = 20

/** A soak's Run for people at a terminal: its load, then what grew, which is what it was made for. Ends with a line break. */
export function renderSoakTerminal(run: Run, options: TerminalOptions): string {
  const load = renderLoadTerminal(run, options)
  const view = soakView(run, options)
  if (view === undefined) return load
  const sections = [signalLines(view, options), partLines(view, options), verdictLines(view, options)]
  return `${[load.trimEnd(), ...sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))].join('\n\n')}\n`
}

function signalLines({ signals }: SoakView, { widthColumns, unicode }: TerminalOptions): string[] {
  if (signals.length === 0) return []
  const column = (header: string, texts: readonly string[], shrinkTo?: number) => ({
    header,
    align: 'left' as const,
    cells: texts.map((text) => ({ text: visibleText(text) })),
    ...(shrinkTo === undefined ? {} : { shrinkTo }),
  })
  return renderTable(
    [
      column(
        'what it keeps',
        signals.map(({ sign, signal }) => `${sign} ${signal}`),
      ),
      column(
        'growth',
        signals.map(({ growth }) => growth),
      ),
      column(
        '',
        signals.map(({ because }) => because),
        SHORTEST_WORDS,
      ),
    ],
    widthColumns,
    unicode ? '…' : '..',
  )
}

/** One that came to its end needs no words. */
function partLines({ parts }: SoakView, options: TerminalOptions): string[] {
  if (parts.length < 2) return []
  return [
    'parts:',
    ...parts.flatMap(({ number, from, lasted, end }) => hanging(number, `at ${from}, ${lasted}: ${end}`, options)),
  ]
}

function verdictLines({ state, sentence, lasted }: SoakView, options: TerminalOptions): string[] {
  const lines = hanging(stateSign(state, options), `${lasted}: ${sentence}`, options)
  return options.colour ? lines.map((line) => styleText(COLOURS[state], line, { validateStream: false })) : lines
}
