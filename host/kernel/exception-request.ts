import { CcosError } from '../core/error.ts';
import type { Tag } from '../core/label.ts';
import { TAGS, tagList } from '../core/label.ts';
import type { ApprovalKind } from '../policy/approval-kind.ts';
import type { SinkKind } from '../policy/question.ts';
import { factText } from './approval-request.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** The sinks that an exception of this kind opens. */
export type EgressSink = Extract<SinkKind, 'http.public' | 'http.private' | 'fs'>;

/** Exactly what may leave: everything that an exception names, and nothing beside it. */
export interface EgressException {
  /** `name@version`. */
  readonly capability: string;
  readonly publisher: string;
  readonly sink: EgressSink;
  /** A domain as `core/domain.ts` writes it, or the name of a folder. */
  readonly target: string;
  /** The tags that the value may have. */
  readonly label: readonly Tag[];
  /** One of the two. */
  readonly scope: { readonly run: string } | { readonly session: string };
  readonly maxBytes: number;
  readonly maxUses: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const SINK_WORDS: Readonly<Record<EgressSink, string>> = {
  'http.public': 'a host on the Internet',
  'http.private': 'a host in a private network or on this machine',
  fs: 'a folder of this machine',
};

export const kindOf = (sink: EgressSink): ApprovalKind =>
  sink === 'fs' ? 'fs.exception' : 'egress.exception';

/** The approval that lets exactly this leave. */
export function exceptionRequest(exception: EgressException): ApprovalRequest {
  const { capability, publisher, sink, target, label, scope, maxBytes, maxUses } = exception;
  const expires = new Date(exception.expires).toISOString();
  const tags = tagList({ tags: new Set(label), origins: new Set() });
  const [scopeKind, scopeId] = 'run' in scope ? ['run', scope.run] : ['session', scope.session];
  const widens = (what: string, value: string | number) =>
    ({ effect: 'WIDENS', what, value }) as const;
  return {
    kind: kindOf(sink),
    subject: target,
    summary: `let ${capability} send to ${target}`,
    changes: [
      widens(`it may send to this target, ${SINK_WORDS[sink]}`, target),
      widens('what it sends may hold', tags.join(' ')),
      widens(`for this ${scopeKind} only`, scopeId),
      widens('so many bytes in all', maxBytes),
      widens('so many times', maxUses),
      widens('until', expires),
    ],
    facts: {
      capability,
      publisher,
      sink,
      target,
      label: [...label].sort(),
      [scopeKind]: scopeId,
      max_bytes: maxBytes,
      max_uses: maxUses,
      expires,
    },
  };
}

/** What an approval says that may leave. */
export function parseException(request: ApprovalRequest): EgressException {
  const { facts } = request;
  const { run, label } = facts;
  const tags = Array.isArray(label) ? TAGS.filter((tag) => label.includes(tag)) : [];
  return {
    capability: factText(request, 'capability'),
    publisher: factText(request, 'publisher'),
    sink: sinkOf(factText(request, 'sink')),
    target: factText(request, 'target'),
    label: tags,
    scope: typeof run === 'string' ? { run } : { session: factText(request, 'session') },
    maxBytes: Number(facts['max_bytes']),
    maxUses: Number(facts['max_uses']),
    expires: Date.parse(factText(request, 'expires')),
  };
}

function sinkOf(word: string): EgressSink {
  if (word === 'http.public' || word === 'http.private' || word === 'fs') return word;
  throw new CcosError('internal', { why: 'approval_facts' });
}
