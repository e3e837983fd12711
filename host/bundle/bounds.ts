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
   * Sum over all functions of body bytes times locals, parameters included: what a single-pass compiler
   * copies where every byte starts a block. V8 needs 3 s for this much and 50 s for ten times as much;
   * PDFium has 4e7.
   */
  moduleCompileCost: 200_000_000,
  moduleTypes: 100_000,
  moduleNameBytes: 128,
  schemaPatternChars: 256,
  schemaRepeat: 1000,
  /** Subschemas with every `$ref` written out. */
  schemaNodes: 4096,
  /** Subschemas that can apply to one place of a value. */
  schemaWidth: 64,
  valueDepth: 64,
  /** Places of a value times the width of its schema: less than a second of the interpreter. */
  validationSteps: 2_000_000,
} as const satisfies Readonly<Record<string, number>>;
