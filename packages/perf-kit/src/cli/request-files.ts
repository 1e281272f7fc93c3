import { readInputFile, readRequestsFile } from '../config/index.ts'
import { type LoadData, readDataFile, type WeightedRequest } from '../load/index.ts'

/** Flags that name files, which are read before anything is driven. */
export interface FileFlags {
  readonly bodyFile?: string
  readonly requests?: string
  readonly data?: string
}

/** What stood in them. */
export interface RequestFiles {
  readonly body?: Uint8Array
  readonly requests?: readonly WeightedRequest[]
  readonly data?: LoadData
}

/** @throws {PerfKitError} `LOAD_FILE_INVALID` for a file that cannot be used */
export async function readRequestFiles({ bodyFile, requests, data }: FileFlags): Promise<RequestFiles> {
  return {
    ...(bodyFile === undefined ? {} : { body: await readInputFile(bodyFile, 'the body') }),
    ...(requests === undefined ? {} : { requests: await readRequestsFile(requests) }),
    ...(data === undefined ? {} : { data: await readDataFile(data) }),
  }
}
