import type { HomeFiles } from '../../host/core/home.ts';
import { readKeyPair } from '../../host/crypto/ed25519.ts';
import type { Declassifier } from '../../host/flow/declassify.ts';
import { Executor } from '../../host/flow/execute.ts';
import { Transformer } from '../../host/flow/transform.ts';
import type { Guards } from '../../host/flow/transform.ts';
import { BlobAccess } from '../../host/kernel/blob-access.ts';
import { ConversationNames } from '../../host/kernel/conversation-names.ts';
import { Denials } from '../../host/kernel/denials.ts';
import { Gate } from '../../host/kernel/gate.ts';
import { verifyPack } from '../../host/kernel/pack-signature.ts';
import { Transforms } from '../../host/kernel/transforms.ts';
import { DEFAULT_LIMITS } from '../../host/core/limits.ts';
import { loadPack } from '../../host/policy/pack.ts';
import type { Chat } from './chat.ts';

/** What stands in the place of the executor's own. */
interface OtherParts {
  readonly guards: Guards;
  readonly declassifier?: Pick<Declassifier, 'verify'>;
}

/** The executor of a gateway, put together again with other guards in the place of its own. */
export async function executorOf(
  home: HomeFiles,
  chat: Chat,
  { guards, declassifier }: OtherParts,
): Promise<Executor> {
  const { services, gateway } = chat;
  const pack = home.readPack();
  const engine = await loadPack(pack.files, verifyPack(pack, readKeyPair(home.keys().operatorPem)));
  const { store, world } = services;
  const common = { ...services, gate: new Gate({ store, world, engine: () => engine }) };
  const parts = { ...common, tenant: 'local', retentionMillis: () => 3_600_000 };
  return new Executor({
    ...parts,
    denials: new Denials(parts),
    access: new BlobAccess(parts),
    transformer: new Transformer({
      transforms: new Transforms(parts),
      declassifier: declassifier ?? { verify: () => Promise.resolve(null) },
      names: new ConversationNames(parts),
      sandbox: gateway.sandbox,
      world,
      limits: () => Promise.resolve(DEFAULT_LIMITS),
      wait: () => Promise.resolve(),
      guardsFor: () => guards,
    }),
  });
}
