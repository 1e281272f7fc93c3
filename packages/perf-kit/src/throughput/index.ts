export { type LimitingResource, type LimitKind, limitingResource } from './limiting-resource.ts'
export { measureScalingPoint, type ScalingPointOptions } from './scaling-point.ts'
export { type SweepOptions, type SweepPoint, type SweepStep, sweep } from './sweep.ts'
export { checkedParameter, type SweepParameter, type SweepValue } from './sweep-values.ts'
