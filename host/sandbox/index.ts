export { createSandbox } from './pool.ts';
export type {
  CallLimits,
  CallOutcome,
  CallRequest,
  CallTimes,
  FailedOutcome,
  HostAnswer,
  HostCall,
  PluginModule,
  RefusedHostCall,
  Sandbox,
  SandboxOptions,
  SandboxStats,
} from './types.ts';
