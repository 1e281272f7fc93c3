import { didYouMean, PerfKitError } from '../errors/index.ts'
import type { SweepParameter, SweepValue } from '../throughput/index.ts'
import type { RequestFlags } from './load-flags.ts'

/**
 * Where a value goes:
 * - `clients`: so many of them drive
 * - `request`: into what is asked, which the target need not know of
 * - `body`: so many bytes of it
 * - `command`: into the target's command, which has to be started anew
 */
export type SweepPlace = 'clients' | 'request' | 'body' | 'command'

export interface SweptThings {
  readonly url: string | undefined
  readonly flags: RequestFlags
  /** of a target that is started; absent when somebody else has started it */
  readonly command?: readonly string[]
  /** words that give such a command a parameter, by the parameter's name, with `{}` for the value */
  readonly parameters?: Readonly<Record<string, readonly string[]>>
}

const CLIENTS = 'clients'
const SIZE = 'size'
const ANY = '{}'

/** @throws {PerfKitError} `LOAD_INVALID` for a parameter that nothing knows */
export function placeOf({ name, unit }: SweepParameter, things: SweptThings): SweepPlace {
  const { flags, command, parameters = {} } = things
  if (name === CLIENTS) return 'clients'
  // What is asked may have a place for it besides, and is filled all the same.
  if (command?.some((word) => word === ANY || word.includes(`{${name}}`)) || Object.hasOwn(parameters, name)) {
    return 'command'
  }
  if (requestTexts(things).some((text) => text.includes(`{${name}}`) || text.includes(`{1..${name}}`))) return 'request'
  if (name === SIZE && unit === 'bytes') {
    if (flags.mcp !== true) return 'body'
    throw invalid(
      'a call of MCP has no body of its own to make larger',
      'Say where the size goes: --arguments \'{"message":"{{payload {size}}}"}\'.',
    )
  }
  throw unknownParameter(name, things)
}

/** The command with the value in it: where the command has a place for it, and behind it otherwise. */
export function commandAt(
  command: readonly string[],
  { name, value, parameters }: { readonly name: string; readonly value: SweepValue } & Pick<SweptThings, 'parameters'>,
): readonly string[] {
  const isNamed = command.some((word) => word.includes(`{${name}}`))
  if (isNamed) return command.map((word) => word.replaceAll(`{${name}}`, value.text))
  if (command.includes(ANY)) return command.map((word) => (word === ANY ? value.text : word))
  const words = parameters?.[name] ?? []
  return [...command, ...words.map((word) => word.replaceAll(ANY, value.text))]
}

/**
 * What is asked, with the value in it. A mix whose `{1..name}` stands for each number up to the value asks all of them:
 * `call backend-{1..backends}__tool-1`.
 */
export function flagsAt<Flags extends RequestFlags>(flags: Flags, name: string, { value, text }: SweepValue): Flags {
  const filled = (given: string): string => given.replaceAll(`{${name}}`, text)
  const each = `{1..${name}}`
  const repeated = (given: string): string =>
    given.includes(each)
      ? Array.from({ length: value }, (_, index) => given.replaceAll(each, String(index + 1))).join(', ')
      : given
  return {
    ...flags,
    ...(flags.body === undefined ? {} : { body: filled(flags.body) }),
    ...(flags.call === undefined ? {} : { call: filled(flags.call) }),
    ...(flags.arguments === undefined ? {} : { arguments: filledObject(flags.arguments, filled) }),
    ...(flags.mix === undefined ? {} : { mix: flags.mix.map((each) => filled(repeated(each))) }),
    ...(flags.header === undefined ? {} : { header: flags.header.map(filled) }),
  }
}

export function urlAt(url: string, name: string, { text }: SweepValue): string {
  return url.replaceAll(`{${name}}`, text)
}

/** Values are numbers and sizes, which JSON takes as they are. */
function filledObject(given: object, filled: (text: string) => string): object {
  const copy: unknown = JSON.parse(filled(JSON.stringify(given)))
  return typeof copy === 'object' && copy !== null ? copy : given
}

function requestTexts({ url, flags }: SweptThings): string[] {
  const { body, call, mix = [], header = [], arguments: given } = flags
  const texts = [url, body, call, given === undefined ? undefined : JSON.stringify(given)]
  return [...texts.filter((text) => text !== undefined), ...mix, ...header]
}

function unknownParameter(name: string, { command, parameters = {} }: SweptThings): PerfKitError {
  const inCommand = (command ?? []).flatMap((word) => [...word.matchAll(/\{(\w[\w-]*)\}/g)].map(([, own]) => own ?? ''))
  const known = [...new Set([CLIENTS, SIZE, ...inCommand, ...Object.keys(parameters)])]
  const guess = didYouMean(name, known)
  if (command === undefined) {
    return invalid(
      `${name} is no parameter of a target that somebody else has started${guess === '' ? '' : guess}`,
      `Sweep over ${known.join(' or ')}, put {${name}} into what is asked, or have the target started: -- command --option {${name}}.`,
    )
  }
  return invalid(
    `nothing knows the parameter "${name}"${guess}`,
    `Known are ${known.join(', ')}. Others go where {${name}} stands in the target’s command or in what is asked, or have their words in load.target.parameters of the configuration.`,
  )
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
