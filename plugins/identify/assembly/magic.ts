/** Formats that begin with bytes of their own. */

function at32(at: usize): u32 {
  return bswap(load<u32>(at));
}

/** A box of ISO media files (ISO/IEC 14496-12, 4.3), by its brand. */
function mediaFormat(at: usize): string {
  const brand = at32(at + 8);
  if (brand == 0x61766966 || brand == 0x61766973) return 'avif';
  if (brand == 0x68656963 || brand == 0x68656978 || brand == 0x6d696631) return 'heic';
  return brand == 0x71742020 ? 'mov' : 'mp4';
}

/** RIFF files, by their form. */
function riffFormat(at: usize): string {
  const form = at32(at + 8);
  if (form == 0x57454250) return 'webp';
  if (form == 0x57415645) return 'wav';
  return form == 0x41564920 ? 'avi' : 'unknown';
}

function startsWith(at: usize, length: usize, word: string): bool {
  if (length < <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (<i32>load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}

function pictureFormat(at: usize, length: usize): string {
  const word = at32(at);
  if (word == 0x89504e47) return 'png';
  if (word >>> 8 == 0xffd8ff) return 'jpeg';
  if (startsWith(at, length, 'GIF8')) return 'gif';
  if (word == 0x49492a00 || word == 0x4d4d002a) return 'tiff';
  const isBitmap = word >>> 16 == 0x424d && load<u32>(at + 6) == 0 && load<u32>(at + 14) <= 124;
  return isBitmap ? 'bmp' : '';
}

function mediaFileFormat(at: usize, length: usize): string {
  const word = at32(at);
  if (length >= 12 && at32(at + 4) == 0x66747970) return mediaFormat(at);
  if (word == 0x52494646 && length >= 12) return riffFormat(at);
  if (word == 0x1a45dfa3) return 'webm';
  if (word == 0x4f676753) return 'ogg';
  if (word == 0x664c6143) return 'flac';
  const isFrame = ((word >>> 16) & 0xffe6) == 0xffe2 && ((word >>> 12) & 15) < 15;
  return word >>> 8 == 0x494433 || isFrame ? 'mp3' : '';
}

function archiveFormat(at: usize, length: usize): string {
  const word = at32(at);
  if (word >>> 8 == 0x1f8b08) return 'gzip';
  if (word >>> 8 == 0x425a68) return 'bzip2';
  if (word == 0xfd377a58) return 'xz';
  if (word == 0x28b52ffd) return 'zstd';
  if (word == 0x377abcaf) return 'sevenzip';
  return startsWith(at, length, 'Rar!\u001a\u0007') ? 'rar' : '';
}

function programFormat(at: usize, length: usize): string {
  const word = at32(at);
  if (word == 0x7f454c46) return 'elf';
  if (word == 0x0061736d) return 'wasm';
  if (word >>> 16 == 0x4d5a && length > 64) return 'exe';
  return startsWith(at, length, 'SQLite format 3\u0000') ? 'sqlite' : '';
}

/** The format of bytes that are no ZIP, no OLE file and no text; empty for what begins like none. */
export function formatByMagic(at: usize, length: usize): string {
  if (length < 4) return '';
  if (startsWith(at, length, '%PDF-')) return 'pdf';
  if (startsWith(at, length, '{\\rtf')) return 'rtf';
  const picture = pictureFormat(at, length);
  if (picture.length > 0) return picture;
  const archive = archiveFormat(at, length);
  if (archive.length > 0) return archive;
  const program = programFormat(at, length);
  return program.length > 0 ? program : mediaFileFormat(at, length);
}
