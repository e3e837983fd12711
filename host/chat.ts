import type { Registry } from './bundle/registry.ts';
import type { World } from './core/world.ts';
import { AgentPlane } from './flow/agent-plane.ts';
import { Declassifier } from './flow/declassify.ts';
import { Executor } from './flow/execute.ts';
import { Inbound } from './flow/inbound.ts';
import { Transformer } from './flow/transform.ts';
import type { Services } from './http/services.ts';
import type { Actions } from './kernel/actions.ts';
import type { Acts } from './kernel/acts.ts';
import { AdmissionDesk } from './kernel/admission.ts';
import type { Approvals } from './kernel/approvals.ts';
import { BlobAccess } from './kernel/blob-access.ts';
import type { Blobs } from './kernel/blobs.ts';
import { Channels } from './kernel/channels.ts';
import { ConversationNames } from './kernel/conversation-names.ts';
import type { Declassifications } from './kernel/declassifications.ts';
import { Denials } from './kernel/denials.ts';
import type { Gate } from './kernel/gate.ts';
import { Intake } from './kernel/intake.ts';
import type { LimitGrants } from './kernel/limit-grants.ts';
import { Messages } from './kernel/messages.ts';
import type { Store } from './kernel/records.ts';
import type { Runs } from './kernel/runs.ts';
import type { Sessions } from './kernel/sessions.ts';
import type { Tokens } from './kernel/tokens.ts';
import { ReleaseGuards } from './kernel/release/guards.ts';
import { Transforms } from './kernel/transforms.ts';
import { ApprovalWatches } from './kernel/watches.ts';
import type { Sandbox } from './sandbox/index.ts';

interface Parts {
  readonly store: Store;
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly acts: Acts;
  readonly actions: Actions;
  readonly declassifications: Declassifications;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly runs: Runs;
  readonly blobs: Blobs;
  readonly limits: LimitGrants;
  readonly registry: Registry;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly tenant: string;
  readonly retentionMillis: () => number;
}

/** What has to do with chats: channels, what comes in, and what agents may do with it. */
export function assembleChat(
  parts: Parts,
): Pick<Services, 'channels' | 'inbound' | 'messages' | 'agents' | 'executor'> {
  const channels = new Channels(parts);
  const messages = new Messages(parts);
  const denials = new Denials(parts);
  const agents = new AgentPlane({
    ...parts,
    denials,
    messages,
    channels,
    watches: new ApprovalWatches(parts),
  });
  return {
    channels,
    messages,
    agents,
    inbound: new Inbound({
      ...parts,
      channels,
      messages,
      desk: new AdmissionDesk({ ...parts, channels }),
      intake: new Intake(parts),
      limits: () => parts.limits.effective(),
    }),
    executor: new Executor({
      ...parts,
      channels,
      denials,
      agents,
      access: new BlobAccess(parts),
      transformer: new Transformer({
        ...parts,
        transforms: new Transforms({ ...parts, messages }),
        declassifier: new Declassifier({ ...parts, limits: () => parts.limits.effective() }),
        names: new ConversationNames(parts),
        limits: () => parts.limits.effective(),
        wait: (millis) => new Promise((resolve) => setTimeout(resolve, millis)),
        guardsFor: (opened) => new ReleaseGuards(opened),
      }),
    }),
  };
}
