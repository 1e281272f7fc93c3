import { styleText } from 'node:util'
import type { MachineCheck } from '../bench/index.ts'
import { formatQuantity } from './format-quantity.ts'
import type { TerminalOptions } from './terminal-options.ts'

interface Finding {
  readonly fit: boolean
  readonly what: string
  readonly value: string
  /** what to do about it, when it is not fit */
  readonly remedy?: string
}

/** More stolen time than this and the hypervisor takes part in every number. */
const MUCH_STOLEN_RATIO = 0.01
/** Slowdowns that people want to see are about this large. */
const WANTED_EFFECT_RATIO = 0.05

/** Whether this machine is fit to measure, for people at a terminal. Ends with a line break. */
export function renderMachineCheck(check: MachineCheck, { colour, unicode }: TerminalOptions): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const findings = findingsOf(check)
  const width = Math.max(...findings.map(({ what }) => what.length))
  const lines = findings.flatMap(({ fit, what, value, remedy }) => {
    const sign = fit ? paint('green', unicode ? '✓' : 'ok') : paint('yellow', '!')
    const line = `${sign} ${what.padEnd(width)}  ${value}`
    return fit || remedy === undefined ? [line] : [line, `${' '.repeat(width + 4)}${paint('dim', remedy)}`]
  })
  return `${[...lines, '', ...conclusion(check, unicode)].join('\n')}\n`
}

function findingsOf(check: MachineCheck): Finding[] {
  const { environment, timer, noise } = check
  return [
    { fit: true, what: 'environment', value: environment.id },
    {
      fit: environment.cpuCount > 1,
      what: 'processors',
      value: `${environment.cpuCount} × ${environment.cpuModel}`,
      remedy: 'With one processor, V8 compiles and collects in the time of the benchmark.',
    },
    {
      fit: check.loadAverage < 0.5 * environment.cpuCount,
      what: 'load',
      value: `${check.loadAverage.toFixed(2)} processes on average over the last minute`,
      remedy: 'Close other programs, or wait until they have ended.',
    },
    {
      fit: (check.stolenRatio ?? 0) <= MUCH_STOLEN_RATIO,
      what: 'stolen time',
      value: check.stolenRatio === undefined ? 'this system does not say' : percent(check.stolenRatio),
      remedy: 'The host is shared: expect to need more pairs, or measure on a machine of your own.',
    },
    {
      fit: check.frequencyGovernor === undefined || check.frequencyGovernor === 'performance',
      what: 'frequency governor',
      value: check.frequencyGovernor ?? 'this system does not say',
      remedy: 'Set it: `cpupower frequency-set --governor performance`.',
    },
    {
      fit: timer.resolutionNs <= 100,
      what: 'clock',
      value: `steps of ${formatQuantity(timer.resolutionNs, 'ns')}, ${formatQuantity(timer.costNs, 'ns')} a reading`,
      remedy: 'Single calls below ten steps have no p99 here; batches are as good as ever.',
    },
    {
      fit: check.canPin,
      what: 'pinning',
      value: check.canPin ? 'both sides of a pair share a processor' : 'not possible',
      remedy: 'Install util-linux for `taskset` (Linux only); without it, sides may run on unequal processors.',
    },
    {
      fit: true,
      what: 'Node',
      value: [environment.nodeVersion, ...environment.nodeFlags].join(' '),
    },
    {
      fit: noise.visibleAtLastLookRatio <= WANTED_EFFECT_RATIO,
      what: 'noise',
      value: `${percent(noise.sdRatio)} between two copies of the same code (${noise.pairs} pairs)`,
      remedy: 'Slowdowns of 5 % would stay inconclusive here.',
    },
  ]
}

function conclusion({ noise }: MachineCheck, unicode: boolean): string[] {
  const arrow = unicode ? '→' : '->'
  return [
    `${arrow} bench --against <ref> can see a slowdown of ${percent(noise.visibleAtFirstLookRatio)} after ${noise.firstLookPairs} pairs,`,
    `  and one of ${percent(noise.visibleAtLastLookRatio)} when it goes on to the end.`,
  ]
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(ratio < 0.1 ? 1 : 0)} %`
}
