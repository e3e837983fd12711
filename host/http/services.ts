import type { Installer } from '../bundle/installer.ts';
import type { Registry } from '../bundle/registry.ts';
import type { TrustStore } from '../bundle/trust-store.ts';
import type { Finding } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import type { Log, World } from '../core/world.ts';
import type { Extractor } from '../flow/extract.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { Audit } from '../kernel/audit.ts';
import type { Blobs } from '../kernel/blobs.ts';
import type { Store } from '../kernel/records.ts';
import type { Sessions } from '../kernel/sessions.ts';
import type { SecretUses } from '../kernel/secret-use.ts';
import type { Secrets } from '../kernel/secrets.ts';
import type { SettingsService } from '../kernel/settings.ts';
import type { Tokens } from '../kernel/tokens.ts';

/** What the routes call. Everything in it goes through the gate and leaves its rows. */
export interface Services {
  readonly extractor: Extractor;
  readonly installer: Installer;
  readonly registry: Registry;
  readonly trust: TrustStore;
  readonly approvals: Approvals;
  readonly audit: Audit;
  readonly blobs: Blobs;
  readonly sessions: Sessions;
  readonly secrets: Secrets;
  readonly secretUses: SecretUses;
  readonly tokens: Tokens;
  readonly settings: SettingsService;
  readonly store: Store;
  readonly log: Log;
  readonly world: World;
  readonly status: () => Promise<JsonObject>;
  readonly doctor: () => Promise<readonly Finding[]>;
  readonly shutdown: () => void;
}
