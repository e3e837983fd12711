import { z } from 'zod';
import type { DryRun } from '../../kernel/policies.ts';
import {
  questionSchema,
  releaseSchema,
  toQuestion,
  toRelease,
} from '../../kernel/question-schema.ts';
import type { Reply } from '../route.ts';
import { route } from '../route.ts';

/** Files of a pack, by their names without a folder; none is the pack in force. */
const givenFiles = z.strictObject({
  files: z
    .array(
      z.strictObject({
        name: z
          .string()
          .max(64)
          .regex(/^[\w.-]+$/),
        text: z.string().max(262_144),
      }),
    )
    .max(32),
  /** They are a pack of their own, and do not stand in for files of the one in force. */
  whole: z.boolean(),
});

const filesOf = ({ files, whole }: z.infer<typeof givenFiles>) => ({
  files: new Map(files.map(({ name, text }) => [name, text])),
  whole,
});

function answer({ verdict, facts, policy }: DryRun): Reply {
  const { decision, rules, reason, approvalKind, unmet } = verdict;
  return {
    decision,
    rules,
    reason,
    ...(approvalKind !== undefined && { approval_kind: approvalKind }),
    ...(unmet !== undefined && { unmet }),
    facts,
    policy,
  };
}

export const policyRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/policy',
    summary: 'The policy pack in force: its signer, files and rules',
    handle({ policies }) {
      const { rules, ...pack } = policies.show();
      const shown = rules.map(({ id, effect, title, approval, file, text }) => ({
        id,
        effect,
        title,
        file,
        text,
        ...(approval !== undefined && { approval }),
      }));
      return Promise.resolve({ ...pack, rules: shown });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/policy/table',
    summary: 'What may leave: each label at each sink, without and with an approval',
    handle: ({ policies }) =>
      Promise.resolve({
        cells: policies.table().map(({ approvalKind, ...cell }) => ({
          ...cell,
          ...(approvalKind !== undefined && { approval_kind: approvalKind }),
        })),
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/admin/policy/examples',
    summary: 'One question of each kind, as the dry run takes it',
    handle: ({ policies }) => Promise.resolve({ examples: policies.examples() }),
  }),
  route({
    method: 'POST',
    path: '/v1/admin/policy/eval',
    summary: 'A dry run of one decision, explained; nothing is recorded and nothing follows',
    json: questionSchema,
    handle: ({ policies }, { json }) =>
      Promise.resolve(answer(policies.evaluate(toQuestion(json)))),
  }),
  route({
    method: 'POST',
    path: '/v1/admin/policy/eval/release',
    summary: 'The same, in short: may a value with these labels leave there?',
    json: releaseSchema,
    handle: ({ policies }, { json }) => Promise.resolve(answer(policies.evaluate(toRelease(json)))),
  }),
  route({
    method: 'POST',
    path: '/v1/admin/policy/lint',
    summary: 'What is wrong with files of a policy pack',
    json: givenFiles,
    handle: async ({ policies }, { json }) => ({ problems: await policies.lint(filesOf(json)) }),
  }),
];
