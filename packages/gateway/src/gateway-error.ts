export type GatewayErrorCode = 'BAD_OPTION' | 'PORT_IN_USE' | 'BACKEND_NOT_STARTED' | ProcessErrorCode

type ProcessErrorCode = 'PROCESS_NOT_STARTED' | 'PROCESS_ENDED'

export interface GatewayErrorDetails {
  readonly code: GatewayErrorCode
  readonly problem: string
  /** What to do about it. */
  readonly remedy: string
  readonly cause?: unknown
}

/** Why a gateway or backend did not start, or could not go on. The message is the problem and its remedy. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode
  readonly remedy: string

  constructor({ code, problem, remedy, cause }: GatewayErrorDetails) {
    super(`${problem}: ${remedy}`, { cause })
    this.code = code
    this.remedy = remedy
  }
}
