const METADATA = /^# (TYPE|UNIT|HELP) ([a-z_]+) (.+)$/
const LABEL = '[a-z_]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const SAMPLE = new RegExp(`^([a-z_]+)(\\{${LABEL}(?:,${LABEL})*\\})? (-?[0-9.e+-]+)$`)
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum'],
}

export interface Exposition {
  readonly types: ReadonlyMap<string, string>
  /** By name and labels, as they are written. */
  readonly samples: ReadonlyMap<string, number>
}

/** A strict reader of the part of OpenMetrics 1.0 that the gateway writes; throws on anything else. */
export function parseOpenMetrics(text: string): Exposition {
  if (!text.endsWith('\n# EOF\n')) throw new Error('no end mark')
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  let family = ''
  for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
    const [, keyword, name = '', value = ''] = METADATA.exec(line) ?? []
    if (keyword === 'TYPE') {
      if (types.has(name)) throw new Error(`family ${name} is interrupted`)
      types.set(name, value)
      family = name
    } else if (keyword !== undefined) {
      if (name !== family) throw new Error(`${keyword} of ${name} is in family ${family}`)
      if (keyword === 'UNIT' && !name.endsWith(`_${value}`)) throw new Error(`${name} does not end with its unit`)
    } else {
      const [, sample = '', labels = '', number] = SAMPLE.exec(line) ?? []
      const suffixes = SUFFIXES[types.get(family) ?? ''] ?? []
      if (!suffixes.some((suffix) => sample === family + suffix)) throw new Error(`"${line}" is no sample of ${family}`)
      if (samples.has(sample + labels)) throw new Error(`"${line}" is there twice`)
      samples.set(sample + labels, Number(number))
    }
  }
  return { types, samples }
}
