import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { CRUISE_OPTIONS, CRUISED_FOLDERS, DEPENDENCY_RULES } from './dependency-rules.ts'

export interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}

/** Follow the imports of a repository and report each that breaks a rule. */
export async function findViolations(repository: string): Promise<Violation[]> {
  const { output } = await cruise(CRUISED_FOLDERS, {
    ...CRUISE_OPTIONS,
    baseDir: repository,
    ruleSet: { forbidden: DEPENDENCY_RULES },
    validate: true,
  })
  if (!isResult(output)) throw new TypeError('dependency-cruiser was asked for a result, and gave text')
  return output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
}

function isResult(output: ICruiseResult | string): output is ICruiseResult {
  return typeof output !== 'string'
}
