const SEPARATOR = ' › '

/**
 * The subject of a part that is measured with its whole: `ping 50 %, tools/list 50 % · 50 clients › ping`. The whole is in it,
 * because a part of another whole is another thing, and not to be compared with it.
 */
export function partSubject(whole: string, part: string): string {
  return `${whole}${SEPARATOR}${part}`
}

/** @returns the part's own name; `undefined` for a subject that is no part of this whole */
export function partOf(whole: string, subject: string): string | undefined {
  const start = whole + SEPARATOR
  return subject.startsWith(start) ? subject.slice(start.length) : undefined
}
