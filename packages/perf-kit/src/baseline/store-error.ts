import { PerfKitError } from '../errors/index.ts'

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const NOT_ALLOWED = new Set(['EACCES', 'EPERM', 'EROFS'])
const NAME_TAKEN = new Set(['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'ELOOP'])

/** The system's name of a failure, such as `ENOSPC`. */
export function systemCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

const ELSEWHERE = 'name another one as baselines.directory in the config'

/**
 * A write that failed, with what to do about it. What was stored before is still there.
 *
 * @param elsewhere - how the user says that it should be written somewhere else
 */
export function storeUnwritable(path: string, cause: unknown, elsewhere = ELSEWHERE): PerfKitError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new PerfKitError('STORE_UNWRITABLE', `${path} cannot be written: ${detail}`, {
    where: path,
    cause,
    remedy: remedyFor(systemCode(cause) ?? '', elsewhere),
  })
}

function remedyFor(code: string, elsewhere: string): string {
  if (NO_ROOM.has(code)) return 'Free some space on that disk (or raise the quota or file-size limit), then try again.'
  if (NOT_ALLOWED.has(code)) {
    return `Give this user write access to the folder, or ${elsewhere}.`
  }
  if (NAME_TAKEN.has(code)) {
    return `Something that is not ours has this name: move it away, or ${elsewhere}.`
  }
  return 'Check that the folder exists and can be written, then try again.'
}
