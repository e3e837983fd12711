// Row 10: a full page of print through a running gateway, against tesseract.js, which keeps its engine and
// the same model loaded, and against the very module of our plugin, called bare.
import { readFileSync } from 'node:fs';
import { inRoot } from '../setup.mjs';
import { loadHost } from './bundle.mjs';
import { approvedHome, startGateway } from './home.mjs';
import { interleaved } from './measure.mjs';
import { against, seconds, verdict } from './table.mjs';

const ROUNDS = 3;
const PSM_AUTO = '3';

export async function ocr() {
  const page = new Uint8Array(readFileSync(inRoot('scripts', 'bench', 'page.png')));
  const gateway = await startGateway(await approvedHome());
  const peer = await tesseractJs();
  const bare = await bareModule();
  try {
    const times = await interleaved(ROUNDS, {
      gateway: () => gateway.extract(page, 'image/png'),
      peer: () => peer.recognize(Buffer.from(page)),
      bare: () => bare(page),
    });
    return [
      {
        row: '10 OCR of a full page, warm',
        measured: seconds(times.gateway),
        target: '1.00 ×',
        peers: [
          against('tesseract.js', times.gateway, times.peer),
          against('the bare module', times.gateway, times.bare),
        ],
        verdict: verdict(times.gateway / times.peer, 1),
      },
    ];
  } finally {
    await peer.terminate();
    await gateway.stop();
  }
}

async function tesseractJs() {
  const { createWorker, OEM } = await import('tesseract.js');
  const langPath = inRoot('node_modules', '@tesseract.js-data', 'eng', '4.0.0_best_int');
  const worker = await createWorker('eng', OEM.LSTM_ONLY, { langPath, cacheMethod: 'none' });
  await worker.setParameters({ tessedit_pageseg_mode: PSM_AUTO });
  return worker;
}

async function bareModule() {
  const { callPlugin, compilePlugin, DEFAULT_LIMITS } = await loadHost();
  const module = await compilePlugin(readFileSync(inRoot('dist', 'plugins', 'ocr.wasm')));
  const limits = { pages: DEFAULT_LIMITS.pages, text_bytes: DEFAULT_LIMITS.textBytes };
  const input = {
    abi: 1,
    args: { limits },
    capability: 'ccos.attachment.extract_text',
    handles: [{ class: 'pii.attachment', handle: 0, media_type: 'image/png' }],
  };
  return (bytes) => callPlugin({ module, exportName: 'extract_text', input, blobs: [bytes] });
}
