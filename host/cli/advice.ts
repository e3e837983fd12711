import type { CcosError, ErrorBody, ErrorCode, SafeDetail } from '../core/error.ts';

/** What to do after each error; `ID` stands for the approval that it names. */
const NEXT: Readonly<Record<ErrorCode, string>> = {
  bad_request: 'see ccos help',
  invalid_input: 'correct the value and try again',
  unauthenticated: 'the admin token of this home is missing or was revoked: see ccos token list',
  wrong_plane: 'use a token of the plane that this route belongs to: see ccos token list',
  foreign_host: 'call the gateway by its loopback name and port',
  foreign_origin: 'call the gateway from its own pages',
  policy_denied: 'see why: ccos audit log --type policy.decision --limit 5',
  approval_required: 'ccos approvals show ID, then ccos approvals approve ID',
  stale_approval: 'look again, then decide: ccos approvals list',
  conflict: 'look at the present state and try again',
  run_terminal: 'start a new run',
  not_found: 'list what there is: ccos bundle list, capabilities list, approvals list, token list',
  gone: 'it cannot be brought back; see ccos audit log',
  too_large: 'the limits in force are in ccos config show',
  limit: 'the limits in force are in ccos config show',
  timeout: 'the limits in force are in ccos config show (callMillis)',
  memory: 'the limits in force are in ccos config show (memoryPages)',
  rate_limited: 'wait a little and try again',
  budget_exhausted: 'start a new run',
  unsupported_type:
    'see what is read: ccos capabilities list; say what the file is with --type MIME',
  document_malformed: 'open it in the program that made it, save it again, and try again',
  document_encrypted:
    'a PDF: give its password with --password-stdin; else save a copy without a password',
  document_empty: 'there is no text in it',
  needs_ocr: 'install and enable an OCR bundle: ccos bundle install FILE',
  transform_rejected: 'tell the publisher of the plugin; the calls are in ccos audit calls',
  plugin_failed: 'tell the publisher of the plugin; the calls are in ccos audit calls',
  bundle_signature: 'get the file again from its publisher (publishers: ccos bundle sign)',
  bundle_untrusted_key: 'if you know this publisher: ccos bundle trust add KEYFILE',
  bundle_threshold: 'ask the publisher for a bundle that enough of its keys have signed',
  bundle_expired: 'ask the publisher for a newer bundle',
  bundle_revoked: 'ask the publisher for a newer bundle; do not install this one',
  bundle_rollback: 'see what is installed: ccos bundle list',
  bundle_channel_stale: 'get the channel file again from its publisher',
  bundle_container: 'get the file again from its publisher; look inside: ccos bundle inspect FILE',
  bundle_files: 'get the file again from its publisher; do not install this one',
  bundle_manifest: 'publishers: mend the manifest, then ccos bundle pack and ccos bundle sign',
  bundle_module: 'publishers: mend the module, then ccos bundle pack and ccos bundle sign',
  bundle_imports: 'publishers: declare each import that is used, and no other',
  bundle_schema: 'publishers: bound every string and array of the schema',
  bundle_permission: 'see what the publisher may do: ccos bundle trust list',
  bundle_limit: 'publishers: make the bundle smaller',
  file_not_found: 'check the path',
  not_a_file: 'give the path of a regular file',
  integrity: 'do not go on with this home: ccos audit verify, then restore a backup',
  config_invalid: 'see what is wrong: ccos config check',
  newer_home: 'use the version of ccos that made this home, or a newer one',
  storage_full: 'free some space and try again',
  policy_unavailable: 'see why: ccos doctor',
  quarantine_locked:
    'give the passphrase of this home, at a terminal or in the file that CCOS_PASSPHRASE_FILE names, or bring its key back',
  not_ready: 'wait for the gateway, or make the home first: ccos init',
  locked: 'wait for the other process, or stop it; a running gateway is found by ccos status',
  internal: 'see ccos doctor; if it stays, report it with the version of ccos',
};

/** Where to see what there is, after `not_found` of something that has a kind. */
const WHERE: Readonly<Record<string, string>> = {
  approval: 'ccos approvals list --all',
  bundle: 'ccos bundle list',
  call: 'ccos audit calls',
  capability: 'ccos capabilities list',
  channel: 'ccos channels list',
  grant: 'ccos channels list',
  key: 'ccos bundle trust list',
  row: 'ccos audit log',
  secret: 'ccos secrets list',
  session: 'ccos sessions list',
  token: 'ccos token list',
};

interface Words {
  readonly what: string;
  readonly next: string;
}

const id = (what: string, where: string): Words => ({
  what: `that is not the id of ${what}`,
  next: `see which there are: ${where}`,
});
const option = (name: string): Words => ({
  what: `--${name} has a value that is not accepted`,
  next: 'it takes an id: letters, digits and the marks _ . : -',
});

/** What was mistyped, by the field that the gateway names. */
const FIELDS: Readonly<Record<string, Words>> = {
  ap_id: id('an approval', 'ccos approvals list --all'),
  t_id: id('a token', 'ccos token list'),
  'body.key_id': id('a key', 'ccos bundle trust list'),
  'query.session': option('session'),
  'query.run': option('run'),
  'query.capability': option('capability'),
  'body.session': option('session'),
  publisher_key: {
    what: 'that is not the public key file of a publisher',
    next: 'ccos bundle keygen makes one: NAME.pub.json',
  },
};

/** What a further bundle of this project reads, by its name. */
const BUNDLES: Readonly<Record<string, Words>> = {
  'ccos/legacy': {
    what: 'ccos/legacy reads this kind of content, and is not enabled here',
    next: 'install it: ccos bundle install FILE; in a checkout: npm start -- --with-legacy',
  },
  'ccos/ocr': {
    what: 'ccos/ocr reads this kind of content, and is not enabled here',
    next: 'install it: ccos bundle install FILE; in a checkout: npm start -- --with-ocr',
  },
};

/** Conflicts and refusals that have a reason of their own. */
const REASONS: Readonly<Record<string, Words>> = {
  port_in_use: {
    what: 'another program listens there',
    next: 'stop it, or take another port: ccos up --port N',
  },
  quarantine_missing: {
    what: 'quarantine.db of this home is gone or emptied, and what it held with it',
    next: 'put it back from a backup; where there is none, start anew with another home: ccos init',
  },
  vault_missing: {
    what: 'vault.db of this home is gone or emptied, and its secrets with it',
    next: 'put it back from a backup; where there is none, start anew with another home: ccos init',
  },
  channel_connected: {
    what: 'that chat is connected already',
    next: 'see ccos channels list; for another token of it: ccos token create --plane channel --channel ID',
  },
  channel_disconnected: {
    what: 'that chat is not connected',
    next: 'see which are: ccos channels list',
  },
};

export function nextStep(error: CcosError): string {
  const advice = wordsOf(error.code, error.detail)?.next ?? NEXT[error.code];
  const { approval_id: approval } = error.decision;
  return approval === undefined ? advice : advice.replaceAll(/\bID\b/g, approval);
}

/** A sentence that says more than that of the code, where the details allow one. */
export function sentenceOf({ code, message, details = {} }: ErrorBody): string {
  return wordsOf(code, details)?.what ?? message;
}

function wordsOf(
  code: ErrorCode,
  { what, why, file, field, bundle }: SafeDetail,
): Words | undefined {
  if (code === 'not_found' && typeof what === 'string') {
    const where = WHERE[what];
    const next = where === undefined ? NEXT[code] : `see which there are: ${where}`;
    return { what: `there is no such ${what}`, next };
  }
  if (code === 'unsupported_type') return BUNDLES[String(bundle)];
  const known = REASONS[String(why)];
  if (known !== undefined || code !== 'invalid_input') return known;
  return FIELDS[String(file)] ?? FIELDS[String(field)];
}
