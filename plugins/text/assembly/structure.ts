/** The blocks of a text of a kind, and what it turned out to be. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Failure } from '../../lib/assembly/host';
import { addParagraphs } from '../../lib/assembly/paragraphs';
import { addCards } from './cards';
import { addCode } from './code';
import { addDelimited } from './csv';
import { Json, addJson, judgeJson } from './json';
import { startsWith, startsWithAnyCase } from './lines';
import { addMarkdown } from './markdown';
import { addSubtitles, startsCue } from './subtitles';
import { addXml } from './xml';
import { addYaml } from './yaml';

const CODE: string = 'code:';
const TAB: u32 = 9;

export class Structure {
  blocks: Blocks = new Blocks();
  format: string = 'text';
  /** Of source code. */
  language: string = '';
  /** The text is over a limit of its format. */
  overLimit: bool = false;

  constructor(
    private at: usize,
    private end: usize,
    private isCut: bool,
  ) {}

  /** Reads the text as one of this kind; false when it is none, and plain text then. */
  read(kind: string): bool {
    this.format = kind;
    if (kind.length > 0 && (this.readData(kind) || this.readLines(kind))) return true;
    this.format = 'text';
    this.blocks = new Blocks();
    addParagraphs(this.blocks, Block.PARAGRAPH, this.at, 0, this.end - this.at);
    return kind.length == 0;
  }

  private readData(kind: string): bool {
    if (kind == 'json' || kind == 'ndjson') return this.readJson(kind == 'ndjson');
    if (kind == 'xml') return this.readXml();
    return false;
  }

  private readJson(lines: bool): bool {
    const found = judgeJson(this.at, this.end, lines, this.isCut);
    this.overLimit = found == Json.TOO_DEEP;
    if (found == Json.VALID) addJson(this.blocks, this.at, this.end, lines, this.isCut);
    return found != Json.INVALID;
  }

  private readXml(): bool {
    const code = addXml(this.blocks, this.at, this.end, this.isCut);
    this.overLimit = code == Failure.LIMIT;
    return code == 0 || this.overLimit;
  }

  /** Formats that any text can be read as, or most. */
  private readLines(kind: string): bool {
    if (kind == 'csv' || kind == 'tsv') {
      addDelimited(this.blocks, this.at, this.end, kind == 'tsv' ? TAB : 0);
    } else if (kind == 'yaml') addYaml(this.blocks, this.at, this.end);
    else if (kind == 'markdown') addMarkdown(this.blocks, this.at, this.end);
    else if (kind.startsWith(CODE)) this.readCode(kind);
    else if (kind == 'srt' || kind == 'vtt') return this.readSubtitles(kind == 'vtt');
    else if (kind == 'ics' || kind == 'vcf') return this.readCards();
    else return false;
    return true;
  }

  private readCode(kind: string): void {
    this.format = 'code';
    this.language = kind.substring(CODE.length);
    addCode(this.blocks, this.at, this.end);
  }

  private readSubtitles(isMarked: bool): bool {
    const fits = isMarked ? startsWith(this.at, this.end, 'WEBVTT') : startsCue(this.at, this.end);
    if (fits) addSubtitles(this.blocks, this.at, this.end);
    return fits;
  }

  private readCards(): bool {
    let from = this.at;
    while (from < this.end && <u32>load<u8>(from) <= 32) from++;
    const fits = startsWithAnyCase(from, this.end, 'begin:');
    if (fits) addCards(this.blocks, from, this.end);
    return fits;
  }
}
