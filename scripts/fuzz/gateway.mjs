// The same inputs through quarantine, gate, sandbox process and chain.
import { approvedHome, openInProcess } from '../bench/home.mjs';
import { loadFuzz } from './bundle.mjs';

/** What an input may come to beside a text. */
const TYPED = new Set([
  'document_malformed',
  'document_encrypted',
  'document_empty',
  'needs_ocr',
  'unsupported_type',
  'limit',
  'memory',
  'timeout',
]);

/** Runs each format so often; what came of them, by name. `keep` is told of everything else. */
export async function fuzzGateway({ names, seed, from, runs, keep }) {
  const { blobOf, formatOf } = await loadFuzz();
  const gateway = await openInProcess(await approvedHome());
  const all = [];
  for (const name of names) {
    const counts = {};
    for (let round = from; round < from + runs; round++) {
      const bytes = blobOf(name, seed, round);
      const declaredType = formatOf(name).mediaType;
      const outcome = await outcomeOf(gateway, { bytes, declaredType, session: 'local' });
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      const isTyped = outcome === 'text' || TYPED.has(outcome);
      if (!isTyped) keep(name, round, { fault: 'gateway', why: outcome, blob: bytes });
    }
    all.push([name, counts]);
  }
  await gateway.close();
  return all;
}

async function outcomeOf(gateway, request) {
  try {
    await gateway.services.extractor.extract(request);
    return 'text';
  } catch (error) {
    return typeof error.code === 'string' ? error.code : String(error);
  }
}
