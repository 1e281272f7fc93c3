/** What we use of Clinic.js Doctor, which has no types of its own. */
export interface ClinicDoctor {
  readonly collect: (command: readonly string[], done: (error: Error | null, folder: string) => void) => void
}

export type ClinicDoctorClass = new (options: { readonly dest: string }) => ClinicDoctor

/** What its page shows, made of what it has collected. */
export type DoctorAnalysisClass = new (
  systemInfo: NodeJS.ReadableStream,
  traceEvents: NodeJS.ReadableStream,
  processStats: NodeJS.ReadableStream,
) => NodeJS.ReadableStream

export type DoctorDecoderClass = new (systemInfo?: NodeJS.ReadableStream) => NodeJS.ReadWriteStream

/** What a process of ours is to do with Doctor. */
export interface DoctorJob {
  /** the file that `@clinic/doctor` is loaded from */
  readonly doctor: string
  /** what it looks at: program and arguments */
  readonly command: readonly string[]
  /** for what it collects, and its verdict */
  readonly folder: string
  /** how long the target may take to end when it is asked to */
  readonly stopTimeoutMs: number
}

export const VERDICT_FILE = 'verdict.json'
/** What Doctor names its files by, behind a dash. */
export const PARTS = { systemInfo: 'systeminfo', traceEvents: 'traceevent', processStats: 'processstat' } as const
