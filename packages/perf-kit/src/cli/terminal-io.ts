import { PerfKitError } from '../errors/index.ts'

/** Where a command writes, and what the other end can show. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

export interface Display {
  readonly colour: boolean
  readonly unicode: boolean
  readonly widthColumns: number
}

const WIDTH_WITHOUT_TERMINAL = 120

/** What a stream can show: `NO_COLOR`, `FORCE_COLOR` and `TERM` are heard. */
export function displayOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Display {
  return {
    colour:
      env['FORCE_COLOR'] !== undefined
        ? env['FORCE_COLOR'] !== '0'
        : stream.isTTY === true && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb',
    unicode: process.platform !== 'linux' || env['TERM'] !== 'linux',
    widthColumns: stream.isTTY === true ? stream.columns : WIDTH_WITHOUT_TERMINAL,
  }
}

/**
 * Watch what becomes of the output. A reader that has seen enough (`| head`) is no error of ours; a full disk behind
 * `>` is, and must not end the process like a verdict.
 *
 * @returns what kept stdout from being written, asked for at the end
 */
export function watchOutput({ stdout, stderr }: Streams): () => Promise<PerfKitError | undefined> {
  let failure: Error | undefined
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error
  })
  // Nobody is left to be told.
  stderr.on('error', () => undefined)
  return async () => {
    await new Promise<void>((resolve) => stdout.write('', () => resolve()))
    if (failure === undefined) return undefined
    return new PerfKitError('STORE_UNWRITABLE', `the result cannot be written to stdout: ${failure.message}`, {
      cause: failure,
      remedy: 'Free some space on that disk, or send the result elsewhere.',
    })
  }
}
