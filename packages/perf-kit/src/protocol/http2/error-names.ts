/** RFC 9113 §7, in the order of their numbers. */
const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const

export const NO_ERROR = 0
export const CANCEL = 8

/** A closed set: a target may say any number, and there are as many outcomes as different ones. */
export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? 'UNKNOWN'
}
