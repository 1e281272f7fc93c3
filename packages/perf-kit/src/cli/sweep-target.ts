import { PerfKitError } from '../errors/index.ts'
import { type ConfiguredTarget, configuredTarget, type PlacedTarget, type TargetConfig } from './own-target.ts'

/** Whom a sweep drives. */
export interface SweptTarget {
  /** of a target that somebody else has started, or that does not tell its own */
  readonly url: string | undefined
  /** how it is started, if it is */
  readonly own: PlacedTarget | undefined
  /** what the configuration says of how it is driven */
  readonly load?: ConfiguredTarget['load']
  /** where its accepted numbers are; of the configuration's target only, because nobody could tell other commands apart */
  readonly baselines?: ConfiguredTarget['baselines']
}

/** The first URL of this machine that a command prints: a link to its manual is none, nor is the full stop behind it a part of it. */
const PRINTED_URL =
  /(https?:\/\/(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])(?::\d+)?(?:\/[^\s"'<>]*[^\s"'<>.,;)])?\/?)/
const READY_TIMEOUT_NS = 30e9
const STOP_TIMEOUT_NS = 10e9

/**
 * The words of the command line: a URL, a command behind `--`, both, or nothing, which means the configuration's target.
 *
 * @throws {PerfKitError} `LOAD_INVALID`, and as `configuredTarget` does
 */
export async function sweptTarget(words: readonly string[], configFile: string | undefined): Promise<SweptTarget> {
  const [first] = words
  if (first === undefined) {
    const { target, load, baselines, rootDirectory } = await configuredTarget(configFile)
    return { url: target.url, own: { target, rootDirectory }, load, baselines }
  }
  const url = /^https?:\/\//i.test(first) ? first : undefined
  const command = url === undefined ? words : words.slice(1)
  if (command.length === 0) return { url, own: undefined }
  if (url === undefined && command.length === 1) {
    throw new PerfKitError('LOAD_INVALID', `${first} is no URL, and no command with its arguments`, {
      remedy: 'Give a URL, such as http://127.0.0.1:8080/, or a command behind --: -- node server.js --pool {pool}.',
    })
  }
  return { url, own: { target: commandTarget(command, url), rootDirectory: process.cwd() } }
}

/** @param url - where it is driven; without one, the first that it prints */
export function commandTarget(command: readonly string[], url: string | undefined): TargetConfig {
  const ready: TargetConfig['ready'] = url === undefined ? { log: PRINTED_URL } : { http: url }
  return {
    command: [...command],
    ready,
    ...(url === undefined ? {} : { url }),
    readyTimeout: READY_TIMEOUT_NS,
    stopTimeout: STOP_TIMEOUT_NS,
    budgets: [],
  }
}
