/**
 * Measurements that others have published, with what they made of them. The figures are facts, and their sources are:
 *
 * - SPEC SDM91 on a Sun SPARCcenter 2000 of 16 processors, 1994 (scripts per hour by users), and rays traced by BRL-CAD on an SGI Origin
 *   2000 of 64 processors (by processors): N. J. Gunther, Guerrilla Capacity Planning, Springer 2007; as data sets `specsdm91` and
 *   `raytracer` in the R package usl (S. Möding, BSD 2-clause licence), from whose saved test output (tests/summary.Rout.save,
 *   residuals.Rout.save, confint.Rout.save, peak-scalability.Rout.save; version 3) the parameters are.
 * - MySQL on a Cisco server (queries a second by threads): B. Schwartz, Practical Scalability Analysis with the Universal Scalability
 *   Law, VividCortex 2015, from which the parameters are; also in the tests of usl and usl4j (C. Hale, Apache licence 2.0).
 */
export interface PublishedScaling {
  readonly name: string
  readonly ns: readonly number[]
  readonly xs: readonly number[]
  readonly lambda: number
  readonly sigma: number
  readonly kappa: number
}

export const SPECSDM91: PublishedScaling = {
  name: 'specsdm91',
  ns: [1, 18, 36, 72, 108, 144, 216],
  xs: [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2],
  lambda: 89.995233,
  sigma: 0.0277285,
  kappa: 0.0001044,
}

export const RAYTRACER: PublishedScaling = {
  name: 'raytracer',
  ns: [1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64],
  xs: [20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310],
  lambda: 21.8488,
  sigma: 0.0578,
  kappa: 0,
}

export const CISCO: PublishedScaling = {
  name: 'Cisco',
  ns: Array.from({ length: 32 }, (_, index) => index + 1),
  xs: [
    955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71, 8646.7, 9047.84,
    9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806, 12089.37, 12075.41,
    12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
  ],
  lambda: 995.6486,
  sigma: 0.02671591,
  kappa: 7.690945e-4,
}
