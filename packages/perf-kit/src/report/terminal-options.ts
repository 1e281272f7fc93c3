export interface TerminalOptions {
  readonly colour: boolean
  /** columns of the terminal; below about 30 a table needs more and takes it */
  readonly widthColumns: number
  /** false: nothing outside ASCII but what names and messages hold */
  readonly unicode: boolean
}
