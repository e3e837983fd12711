import { z } from 'zod';
import { describeBundle } from '../../bundle/describe.ts';
import { EFFECTS } from '../../core/abi.ts';
import { FIXED } from '../../core/limits.ts';
import type { BundleRecord, CapabilityRecord } from '../../kernel/records.ts';
import { approvalView, iso } from '../views.ts';
import { route } from '../route.ts';

const KEY_ID = z.string().regex(/^ed25519:[A-Za-z0-9_-]{43}$/);
const SLUG = z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}$/);

export const bundleRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/bundles',
    summary: 'The bundles of this home',
    async handle({ installer }) {
      const { bundles, capabilities } = await installer.list();
      return { bundles: bundles.map((bundle) => bundleView(bundle, capabilities)) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/bundles/verify',
    summary: 'Checks a bundle and changes nothing',
    maxBytes: FIXED.bundleBytes,
    async handle({ installer }, { bytes }) {
      const { manifest, digest, signers } = await installer.verify(bytes);
      const { name, version, sequence, publisher } = manifest;
      return {
        bundle: { name, version, sequence, digest, publisher: publisher.id, signers },
        checks: ['container', 'signatures', 'manifest', 'files', 'modules', 'schemas', 'sequence'],
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/bundles',
    summary: 'Verifies a bundle, records it, and asks for its approvals',
    maxBytes: FIXED.bundleBytes,
    async handle({ installer }, { bytes }) {
      const { bundle, approvals } = await installer.install(bytes);
      return { bundle: bundleView(bundle, []), approvals: approvals.map(approvalView) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/bundles/:publisher/:name',
    summary: 'One bundle, and what it offers',
    async handle({ installer, registry }, { params }) {
      const name = nameOf(params);
      const bundle = await installer.get(name);
      const { capabilities } = await installer.list();
      const loaded = await registry.bundle(name);
      return {
        bundle: bundleView(bundle, capabilities),
        ...(loaded !== undefined && {
          description: describeBundle(loaded.manifest, loaded.digest),
        }),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/bundles/:publisher/:name/disable',
    summary: 'Stops the capabilities of a bundle',
    async handle({ installer }, { params }) {
      return { bundle: bundleView(await installer.disable(nameOf(params)), []) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/admin/bundles/:publisher/:name',
    summary: 'Removes a bundle; no older one can take its name',
    async handle({ installer }, { params }) {
      return { bundle: bundleView(await installer.remove(nameOf(params)), []) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/trust',
    summary: 'The publishers that are trusted',
    async handle({ trust }) {
      const publishers = await trust.list();
      return {
        publishers: publishers.map(({ keys, ...publisher }) => ({
          ...publisher,
          keys: keys.map(({ revoked_since, ...key }) => ({
            ...key,
            ...(revoked_since !== undefined && { revoked_since: iso(revoked_since) }),
          })),
        })),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/trust',
    summary: 'Asks for the approval that pins a publisher key',
    json: z.strictObject({
      publisher: SLUG,
      public_key: z.base64().length(44),
      namespaces: z
        .array(z.string().regex(/^[a-z0-9-]+\/(\*|[a-z0-9-]+)$/))
        .max(16)
        .optional(),
      max_effects: z.array(z.enum(EFFECTS)).optional(),
    }),
    async handle({ trust }, { json }) {
      const approval = await trust.request({
        publisher: json.publisher,
        publicKey: Uint8Array.from(Buffer.from(json.public_key, 'base64')),
        namespaces: json.namespaces ?? [`${json.publisher}/*`],
        effects: json.max_effects ?? ['quarantine.read', 'quarantine.derive'],
      });
      return { approval: approvalView(approval) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/trust/revoke',
    summary: 'Ends the trust in a key for everything that comes later',
    json: z.strictObject({ key_id: KEY_ID }),
    async handle({ trust, registry }, { json }) {
      await trust.revoke(json.key_id);
      registry.forget();
      return { key_id: json.key_id, status: 'revoked' };
    },
  }),
];

function nameOf(params: Readonly<Record<string, string>>): string {
  return `${params['publisher'] ?? ''}/${params['name'] ?? ''}`;
}

function bundleView(
  bundle: BundleRecord,
  capabilities: readonly CapabilityRecord[],
): Readonly<Record<string, unknown>> {
  const { name, version, sequence, digest, publisher, state, installed } = bundle;
  return {
    name,
    version,
    sequence,
    digest,
    publisher,
    state,
    installed: iso(installed),
    capabilities: capabilities.filter((offered) => offered.bundle === name).map(({ id }) => id),
  };
}
