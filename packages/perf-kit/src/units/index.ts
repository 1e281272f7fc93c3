export { parseDurationNs } from './duration.ts'
export { parseSizeBytes } from './size.ts'
