/** What we use of autocannon, which brings no types. */
export type Autocannon = (options: AutocannonOptions) => PromiseLike<unknown>

export interface AutocannonOptions {
  readonly url: string
  readonly connections: number
  /** in seconds, as all its times */
  readonly duration: number
  readonly timeout: number
  readonly overallRate?: number
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly servername?: string
  /** how often it looks whether it is over, ms */
  readonly sampleInt: number
  readonly setupClient: (client: AutocannonClient) => void
}

/** One connection, which has one request at a time. */
export interface AutocannonClient {
  on(event: 'request' | 'timeout', listener: () => void): unknown
  on(event: 'headers', listener: (head: { readonly shouldKeepAlive: boolean }) => void): unknown
  on(event: 'response', listener: (status: number, bytes: number) => void): unknown
  on(event: 'connError', listener: (error: NodeJS.ErrnoException) => void): unknown
  destroy(): void
}
