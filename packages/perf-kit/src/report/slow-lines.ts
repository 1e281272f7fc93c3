import { type SlowPart, type SlowTime, shareText, slowTitle } from './slow-time.ts'
import { type Cell, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

/** Where the time of the slowest hundredth went. Empty where there is no telling. */
export function slowLines(slow: SlowTime | undefined, options: TerminalOptions): string[] {
  if (slow === undefined) return []
  const cells = (textOf: (part: SlowPart) => string): Cell[] => slow.parts.map((part) => ({ text: textOf(part) }))
  return [
    ...wrapText(slowTitle(slow, options), options.widthColumns),
    ...renderTable(
      [
        { header: '', align: 'left', cells: cells(({ label }) => `  ${visibleText(label)}`) },
        { header: 'their time', align: 'right', cells: cells(({ share }) => shareText(share, options)) },
        { header: 'more than usual', align: 'right', cells: cells(({ excess }) => shareText(excess, options)) },
      ],
      options.widthColumns,
      options.unicode ? '…' : '..',
    ),
  ]
}
