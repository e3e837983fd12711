import { z } from 'zod';
import { CcosError } from '../../core/error.ts';
import { leakWords } from '../../core/leak.ts';
import type { OfferedVariant } from '../../bundle/variant.ts';
import { route } from '../route.ts';
import type { Services } from '../services.ts';

export const capabilityRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/capabilities',
    summary: 'The catalogue',
    async handle(services) {
      return { capabilities: await verifiedCatalogue(services) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/capabilities/:id',
    summary: 'One capability of one bundle, with its schemas and its modules',
    query: z.strictObject({ bundle: z.string().max(80).optional() }),
    async handle(services, { params, query }) {
      const id = params['id'] ?? '';
      const offers = (await verifiedCatalogue(services)).filter((entry) => entry.id === id);
      const named = offers.filter(({ bundle }) => bundle === (query.bundle ?? bundle));
      const capability = named.find(({ state }) => state === 'enabled') ?? named[0];
      if (capability === undefined) throw new CcosError('not_found', { what: 'capability' });
      const variants = (await services.registry.variants()).filter(
        ({ target }) => target.name === id && target.bundle === capability.bundle,
      );
      const bundle = await services.registry.bundle(capability.bundle);
      const read = (path: string | undefined): string =>
        new TextDecoder().decode(bundle?.files.get(path ?? '') ?? new Uint8Array());
      const [first] = variants;
      return {
        ...capability,
        offered_by: offers.map(({ bundle }) => bundle),
        schemas: {
          input: parse(read(first?.manifest.input.schema)),
          output: parse(read(first?.manifest.output.schema)),
        },
        doc: read(first?.manifest.doc),
        modules: variants.map(({ target, manifest }) => ({
          variant: target.variant,
          code_sha256: target.codeSha256,
          imports: manifest.imports,
        })),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/agent/capabilities',
    plane: 'agent',
    summary: 'What an agent may ask for',
    query: z.strictObject({}),
    async handle(services, { credential }) {
      await services.agents.admitPublic(credential);
      const enabled = (await catalogue(services)).filter(({ state }) => state === 'enabled');
      // An agent calls by id, whichever bundle it comes from.
      const once = enabled.filter(({ id }, at) => enabled.findIndex((one) => one.id === id) === at);
      return {
        capabilities: once.map(({ id, kind, version, output }) => ({ id, kind, version, output })),
      };
    },
  }),
];

interface Entry {
  readonly id: string;
  readonly bundle: string;
  readonly state: string;
  readonly kind: string;
  readonly version: string;
  readonly output: string;
}

/** The catalogue after every file behind it was verified: what is damaged offers nothing. */
async function verifiedCatalogue(services: Services): Promise<readonly Entry[]> {
  const damaged = await services.registry.damaged();
  return catalogue(services, ({ target }) => !damaged.has(target.bundle));
}

async function catalogue(
  { registry, installer }: Services,
  offered: (variant: OfferedVariant) => boolean = () => true,
): Promise<readonly Entry[]> {
  const variants = (await registry.variants()).filter(offered);
  const { capabilities } = await installer.list();
  const offers = new Map<string, OfferedVariant[]>();
  for (const variant of variants) {
    const offer = `${variant.target.name} ${variant.target.bundle}`;
    offers.set(offer, [...(offers.get(offer) ?? []), variant]);
  }
  const loaded = await Promise.all([...offers.values()].map(entryOf));
  const pending = capabilities
    .filter(({ id, bundle }) => !loaded.some((entry) => entry.id === id && entry.bundle === bundle))
    .map(({ id, bundle, state }) => ({
      id,
      bundle,
      state: state === 'enabled' ? 'disabled' : state, // its bundle is not active
      kind: 'transform',
      version: '',
      output: 'derived',
    }));
  return [...loaded, ...pending];
}

async function entryOf(
  variants: readonly OfferedVariant[],
): Promise<Entry & Readonly<Record<string, unknown>>> {
  const [first] = variants;
  if (first === undefined) throw new CcosError('internal', { why: 'no_variant' });
  const { target, manifest } = first;
  return {
    id: target.name,
    kind: manifest.kind,
    state: target.capability.enabled ? 'enabled' : 'pending',
    bundle: target.bundle,
    version: target.version,
    publisher: target.plugin.publisher,
    effects: manifest.effects,
    output: manifest.output.kind,
    media_types: [...new Set(variants.flatMap(({ input }) => input.mediaTypes))],
    variants: variants.map(({ target: { variant } }) => variant),
    limits: manifest.limits,
    ...(await leakOf(variants)),
  };
}

/** Of the variant that can tell the most. */
async function leakOf(
  variants: readonly OfferedVariant[],
): Promise<Readonly<Record<string, string | number>>> {
  const released = variants.filter(({ manifest }) => manifest.output.kind === 'released');
  const loaded = await Promise.allSettled(released.map(({ load }) => load())); // what fails has left a row
  const leaks = loaded.flatMap((one) =>
    one.status === 'rejected' || one.value.leak === null ? [] : [one.value.leak.bits],
  );
  if (leaks.length === 0) return {};
  const bits = Math.max(...leaks);
  return { leak_bits: bits, leak_ceiling: leakWords(bits) };
}

function parse(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}
