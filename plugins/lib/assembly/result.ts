/** The result of `extract_text` for a document of one page. */
import { nameOf } from './encoding/names';
import { finish, integer, name, quoted, raw } from './output';

export class Result {
  format: string = '';
  encoding: i32 = 0;
  characters: i64 = 0;
  text: usize = 0;
  textLength: usize = 0;
  /** Zero where the format has no title. */
  title: usize = 0;
  titleLength: usize = 0;
  truncated: bool = false;
  private warnings: string[] = [];

  /** Adds a closed word. */
  warn(word: string): void {
    this.warnings.push(word);
  }

  write(): void {
    raw('{"counts":{"characters":');
    integer(this.characters);
    raw(',"pages":1},"format":');
    name(this.format);
    raw(',"encoding":');
    name(nameOf(this.encoding));
    if (this.title != 0) {
      raw(',"title":');
      quoted(this.title, this.titleLength);
    }
    raw(',"pages":[{"number":1,"text":');
    quoted(this.text, this.textLength);
    raw('}],"truncated":');
    raw(this.truncated ? 'true' : 'false');
    raw(',"warnings":[');
    for (let i = 0; i < this.warnings.length; i++) {
      if (i > 0) raw(',');
      name(this.warnings[i]);
    }
    raw(']}');
    finish();
  }
}
