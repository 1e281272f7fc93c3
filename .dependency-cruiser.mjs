// For `depcruise packages benches` by hand; tests/house/layering.test.ts runs the same rules.
import { CRUISE_OPTIONS, DEPENDENCY_RULES } from './tests/house/dependency-rules.ts'

export default { forbidden: DEPENDENCY_RULES, options: CRUISE_OPTIONS }
