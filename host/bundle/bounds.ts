/** Bounds that belong to the format `ccos-bundle/1` itself: nobody can set them. */
export const BOUNDS = {
  /** Nesting of the manifest and of the envelope, as JSON. */
  jsonDepth: 16,
  pathBytes: 100,
  capabilities: 256,
  /** V8 refuses longer bodies and more locals too; PDFium's longest body is 86 KB. */
  functionBodyBytes: 7_654_321,
  functionLocals: 50_000,
  /**
   * Sum over all functions of body bytes times locals: what a single-pass compiler may have to copy
   * at each block. PDFium has 4.5e7.
   */
  moduleCompileCost: 2_000_000_000,
  moduleTypes: 100_000,
  moduleNameBytes: 128,
  schemaPatternChars: 256,
  schemaRepeat: 1000,
  /** Subschemas with every `$ref` written out. */
  schemaNodes: 4096,
  /** Subschemas that can apply to one place of a value. */
  schemaWidth: 64,
  valueDepth: 64,
  /** Places of a value times the width of its schema: about a second of the interpreter. */
  validationSteps: 4_000_000,
} as const satisfies Readonly<Record<string, number>>;
