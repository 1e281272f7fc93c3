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

/** What a stream can show: `NO_COLOR`, `FORCE_COLOR`, `TERM` and the locale are heard. */
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

/** A reader that has seen enough (`| head`) is no error of ours. */
export function forgiveClosedPipes({ stdout, stderr }: Streams): void {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
