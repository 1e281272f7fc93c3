import type { Place } from './data/plan-data.ts'
import { parseTemplate } from './data/template.ts'
import type { McpPlan } from './mcp-plan.ts'
import { placesOf, templateOf } from './requests/request-template.ts'
import type { VariantsPlan } from './requests/weighted-request.ts'

/** All texts of a load that rows may fill. */
export function gapPlacesOf(mcp: McpPlan | undefined, variants: VariantsPlan | undefined): Place[] {
  if (mcp !== undefined) {
    return mcp.operations.map(({ name, params }) => ({
      what: name,
      template: parseTemplate(JSON.stringify(params), 'json'),
    }))
  }
  if (variants?.kind !== 'list') return []
  const { requests } = variants
  return requests.flatMap((request) => placesOf(templateOf(request), requests.length === 1 ? '' : request.name))
}

/** Whether a text that is none of them has `{{column}}` in it. */
export function hasGap(text: string): boolean {
  return parseTemplate(text, 'plain').gaps.length > 0
}
