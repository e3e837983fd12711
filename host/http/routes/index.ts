import type { Route } from '../route.ts';
import { actionRoutes } from './actions.ts';
import { adminRoutes } from './admin.ts';
import { agentRoutes } from './agent.ts';
import { approvalRoutes } from './approvals.ts';
import { auditRoutes } from './audit.ts';
import { bundleRoutes } from './bundles.ts';
import { capabilityRoutes } from './capabilities.ts';
import { channelRoutes } from './channels.ts';
import { exceptionRoutes } from './exceptions.ts';
import { extractRoutes } from './extract.ts';
import { policyRoutes } from './policy.ts';
import { quarantineRoutes } from './quarantine.ts';
import { secretRoutes } from './secrets.ts';
import { sessionRoutes } from './sessions.ts';

/** Every route with a plane. What is not listed does not exist. */
export const ROUTES: readonly Route[] = [
  ...adminRoutes,
  ...extractRoutes,
  ...capabilityRoutes,
  ...bundleRoutes,
  ...approvalRoutes,
  ...exceptionRoutes,
  ...auditRoutes,
  ...policyRoutes,
  ...quarantineRoutes,
  ...secretRoutes,
  ...channelRoutes,
  ...sessionRoutes,
  ...agentRoutes,
  ...actionRoutes,
];
