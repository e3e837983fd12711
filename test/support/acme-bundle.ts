import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import type { JsonObject } from '../../host/core/json.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { TestPlugin } from '../sandbox/plugins.ts';
import type { Chat } from './chat.ts';
import { leakyPlugin } from './leaky-plugin.ts';
import { draftOf } from './plugin-bundle.ts';

/** A plugin, the schema of its output, and what its manifest says in the place of a transform's. */
export interface AcmePlugin {
  readonly name: string;
  readonly plugin: TestPlugin;
  readonly schema: JsonObject;
  readonly manifest: JsonObject;
}

export const SUMMARIZE = 'acme.chat.summarize';

/** What a capability is given that is asked for nothing of a chat. */
export const NO_INPUT = { schema: 'schemas/in.json', mediaTypes: [], magic: [], classes: [] };

/** The transform of `leaky-plugin.ts`, released. */
export async function summarizer(): Promise<AcmePlugin> {
  return {
    name: 'leaky',
    plugin: await leakyPlugin(),
    schema: {
      type: 'object',
      properties: {
        summary: { type: 'string', maxLength: 2000 },
        parts: { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 60 } },
      },
      required: ['summary', 'parts'],
      additionalProperties: false,
    },
    manifest: {
      id: SUMMARIZE,
      export: 'summarize',
      input: { ...NO_INPUT, classes: ['pii.chat.message'] },
      output: { kind: 'released', schema: 'schemas/leaky.json', classes: ['pii.redacted'] },
    },
  };
}

/** Trusts, installs and enables them within the gateway, and grants the summary for its channel. */
export async function installAcme(
  { services, channel }: Chat,
  plugins: readonly AcmePlugin[],
): Promise<void> {
  const { trust, installer, channels, approvals } = services;
  const approve = ({ id, digest }: { readonly id: string; readonly digest: string }) =>
    approvals.approve(id, { digest, by: 'operator' });
  const key = generateKeyPair();
  const publisher = { publisher: 'acme', publicKey: key.raw, namespaces: ['acme/*'] };
  await approve(await trust.request({ ...publisher, effects: ['quarantine.read'] }));
  const { container } = packBundle(draftOf(plugins));
  for (const asked of (await installer.install(signContainer(container, key))).approvals)
    await approve(asked);
  const grant = { channel, capability: `${SUMMARIZE}@1.0.0` };
  await approve(await channels.requestGrant(grant));
}
