export { optionsFromEnvironment, type ParsedOptions, type ProxyOptions } from './proxy-options.ts';
export type { Endpoint } from './snapshot/snapshot.ts';
export { type RunningProxy, startProxy } from './start-proxy.ts';
