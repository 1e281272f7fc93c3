import type { RunNote } from '../run/index.ts'
import type { LoadFlags } from './load-flags.ts'
import { SecondFile } from './second-file.ts'

/** Where `--stream` wants the seconds to go. @param tell - for people, when that cannot be written any more */
export function streamOf({ stream }: LoadFlags, tell: (message: string) => void): SecondFile | undefined {
  if (stream === undefined) return undefined
  return new SecondFile(stream, ({ message }) =>
    tell(`${message}; the load goes on, and its seconds are kept no more\n`),
  )
}

/** A load of hours is not given up because its seconds find no room. */
export function streamNotes(stream: SecondFile | undefined): RunNote[] {
  if (stream?.failure === undefined) return []
  const message = `the load’s seconds are in ${stream.path} only up to the time at which that could not be written any more: ${stream.failure.message}`
  return [{ code: 'STREAM_LOST', message }]
}
