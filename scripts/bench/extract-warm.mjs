// Row 2: every PDF of the corpus through a running gateway, against pdf.js without any wall and against
// the very module of our plugin, called bare. Each PDF counts with its median.
import { readFileSync } from 'node:fs';
import { inRoot } from '../setup.mjs';
import { loadHost } from './bundle.mjs';
import { approvedHome, startGateway } from './home.mjs';
import { interleaved } from './measure.mjs';
import { against, seconds, verdict } from './table.mjs';

const ROUNDS = 3;
const FASTER_THAN_PDFJS = 1 / 3;
const MOST_OF_BARE = 1.3;

export async function extractWarm({ pdfs }) {
  const gateway = await startGateway(await approvedHome());
  const bare = await bareModule();
  const pdfjs = await pdfjsReader();
  const total = { gateway: 0, bare: 0, pdfjs: 0 };
  try {
    // Warm is warm: each has read every document once before any is timed.
    for (const file of pdfs) {
      const bytes = new Uint8Array(readFileSync(file));
      await gateway.extract(bytes, 'application/pdf');
      await bare(bytes);
      await pdfjs(bytes);
    }
    for (const file of pdfs) {
      const bytes = new Uint8Array(readFileSync(file));
      const medians = await interleaved(ROUNDS, {
        gateway: () => gateway.extract(bytes, 'application/pdf'),
        bare: () => bare(bytes),
        pdfjs: () => pdfjs(bytes),
      });
      for (const [name, millis] of Object.entries(medians)) total[name] += millis;
    }
  } finally {
    await gateway.stop();
  }
  const row = (number, name, peer, target) => ({
    row: `${number} warm extract, ${pdfs.length} PDFs, to ${name}`,
    measured: seconds(total.gateway),
    target: `${target.toFixed(2)} ×`,
    peers: against(name, total.gateway, peer),
    verdict: verdict(total.gateway / peer, target),
  });
  return [
    row('2a', 'pdfjs-dist', total.pdfjs, FASTER_THAN_PDFJS),
    row('2b', 'the bare module', total.bare, MOST_OF_BARE),
  ];
}

async function bareModule() {
  const { callPlugin, compilePlugin, DEFAULT_LIMITS } = await loadHost();
  const module = await compilePlugin(readFileSync(inRoot('dist', 'plugins', 'pdf.wasm')));
  const limits = { pages: DEFAULT_LIMITS.pages, text_bytes: DEFAULT_LIMITS.textBytes };
  const input = {
    abi: 1,
    args: { limits },
    capability: 'ccos.attachment.extract_text',
    handles: [{ class: 'pii.attachment', handle: 0, media_type: 'application/pdf' }],
  };
  return (bytes) => callPlugin({ module, exportName: 'extract_text', input, blobs: [bytes] });
}

async function pdfjsReader() {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const data = inRoot('node_modules', 'pdfjs-dist');
  const options = {
    verbosity: VerbosityLevel.ERRORS,
    cMapUrl: `${data}/cmaps/`,
    standardFontDataUrl: `${data}/standard_fonts/`,
    useSystemFonts: false,
  };
  return async (bytes) => {
    const loading = getDocument({ ...options, data: bytes.slice() });
    try {
      const pdf = await loading.promise;
      for (let number = 1; number <= pdf.numPages; number += 1)
        await (await pdf.getPage(number)).getTextContent();
    } catch {
      // A document that it does not read counts with the time until it said so, as it does for us.
    } finally {
      await loading.destroy();
    }
  };
}
