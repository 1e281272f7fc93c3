/**
 * What no file here should say. The patterns are written so that none finds itself.
 *
 * A lock file or a page that names a registry sends the next user to that registry, whatever theirs is; a path of one
 * machine is wrong on every other; and a text speaks of the project, not of the tools that wrote it.
 */
const STRANGE: readonly RegExp[] = [
  /registry\.(npmjs|yarnpkg|npmmirror)\.\w+/,
  /proxy\.golang\.\w+|(files|test)\.pythonhosted\.\w+|pypi\.org|crates\.io|deb\.debian\.\w+|repo1?\.maven/,
  /(?<![\w.])\/(work|root|home\/\w+|Users\/\w+)\//,
  /\bA[I]\b(?!X)/,
  /\b(language mode[l]|chatbo[t]|chatgp[t]|copilo[t]|claud[e]|opena[i]|anthropi[c])s?\b/i,
]

/** @returns `line: word` */
export function findStrangeWords(text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    STRANGE.flatMap((pattern) => {
      const word = pattern.exec(line)?.[0]
      return word === undefined ? [] : [`${index + 1}: ${word}`]
    }),
  )
}
