/**
 * The number formats that have an id and no code in the file (ECMA-376-1, 18.8.30). Ids 14 and 22, and the
 * East Asian 27–36 and 50–58, follow the reader's locale: here that is ISO 8601, which every reader understands.
 */
const CODES: string[] = [
  'General',
  '0',
  '0.00',
  '#,##0',
  '#,##0.00',
  '"$"#,##0_);\\("$"#,##0\\)',
  '"$"#,##0_);\\("$"#,##0\\)',
  '"$"#,##0.00_);\\("$"#,##0.00\\)',
  '"$"#,##0.00_);\\("$"#,##0.00\\)',
  '0%',
  '0.00%',
  '0.00E+00',
  '# ?/?',
  '# ??/??',
  'yyyy-mm-dd',
  'd-mmm-yy',
  'd-mmm',
  'mmm-yy',
  'h:mm AM/PM',
  'h:mm:ss AM/PM',
  'h:mm',
  'h:mm:ss',
  'yyyy-mm-dd h:mm',
];
const FIRST_ACCOUNTING: i32 = 37;
const ACCOUNTING: string[] = [
  '#,##0_);\\(#,##0\\)',
  '#,##0_);\\(#,##0\\)',
  '#,##0.00_);\\(#,##0.00\\)',
  '#,##0.00_);\\(#,##0.00\\)',
  '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
  '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
  '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
  '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
  'mm:ss',
  '[h]:mm:ss',
  'mm:ss.0',
  '##0.0E+0',
  '@',
];

/** The code of a built-in format; General for an id that has none. */
export function builtinCode(id: i32): string {
  if (id >= 0 && id < CODES.length) return CODES[id];
  const accounting = id - FIRST_ACCOUNTING;
  if (accounting >= 0 && accounting < ACCOUNTING.length) return ACCOUNTING[accounting];
  if (id == 32 || id == 33) return 'h:mm:ss';
  return (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'yyyy-mm-dd' : 'General';
}
