export { createSandbox } from './pool.ts';
export type {
  CallLimits,
  CallOutcome,
  CallRequest,
  FailedOutcome,
  HostAnswer,
  HostCall,
  PluginModule,
  RefusedHostCall,
  Sandbox,
  SandboxOptions,
} from './types.ts';
