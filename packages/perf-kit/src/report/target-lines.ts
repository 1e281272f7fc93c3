import type { Metric, Unit } from '../run/index.ts'
import { formatQuantity } from './format-quantity.ts'
import type { TerminalOptions } from './terminal-options.ts'

/** What the target's process went through, when something looked inside: what requests cost, and what stood in their way. */
export function targetLines(
  find: (name: string) => Metric | undefined,
  { unicode }: Pick<TerminalOptions, 'unicode'>,
): string[] {
  if (find('targetLoopBusyMean') === undefined) return []
  const show = (name: string, unit: Unit): string => formatQuantity(find(name)?.value ?? Number.NaN, unit, { unicode })
  const cost = find('targetCpuPerRequest')
  const arrow = unicode ? '→' : '->'
  const lines = [
    [
      ...(cost === undefined ? [] : [`${formatQuantity(cost.value, 'ns', { unicode })} CPU a request`]),
      `${show('targetCpuMean', 'ratio')} of a processor`,
      `event loop ${show('targetLoopBusyMean', 'ratio')} busy`,
    ],
    [
      `event loop late by ${show('targetLoopDelayP99', 'ns')} at p99, ${show('targetLoopDelayMax', 'ns')} at most`,
      `GC ${show('targetGcShareMean', 'ratio')} of the time, ${show('targetGcPauseMax', 'ns')} at most`,
    ],
    [
      `memory ${show('targetRssStart', 'bytes')} ${arrow} ${show('targetRssEnd', 'bytes')}`,
      `heap used ${show('targetHeapUsedStart', 'bytes')} ${arrow} ${show('targetHeapUsedEnd', 'bytes')}`,
    ],
  ]
  return [
    '',
    ...lines.map((parts, index) => `${index === 0 ? 'target: ' : '        '}${parts.join(unicode ? ' · ' : ', ')}`),
  ]
}
