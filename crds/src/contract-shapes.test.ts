import { expect, test } from '@jest/globals';
import type * as Shapes from '../gen/contract-shapes.gen.ts';
import type * as Frames from './control-frames.ts';
import type * as Table from './routing-table.ts';

/** true only when the types are identical, optional and readonly markers included; checked by the compiler. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const table: Same<Table.RoutingTable, Shapes.RoutingTable> = true;
const provider: Same<Table.ProviderResource, Shapes.ProviderResource> = true;
const policy: Same<Table.PolicyResource, Shapes.PolicyResource> = true;
const consumer: Same<Table.ConsumerResource, Shapes.ConsumerResource> = true;
const settings: Same<Table.SettingsResource, Shapes.SettingsResource> = true;
// Bodies of upserts and the dialects of a newer proxy are deliberately open in the schema.
const update: Same<Omit<Frames.UpdateFrame, 'upserts'>, Omit<Shapes.UpdateFrame, 'upserts'>> = true;
const heartbeat: Same<Frames.HeartbeatFrame, Shapes.HeartbeatFrame> = true;
const fleet: Same<Frames.FleetFrame, Shapes.FleetFrame> = true;
const hello: Same<Omit<Frames.HelloFrame, 'dialects'>, Omit<Shapes.HelloFrame, 'dialects'>> = true;
const ack: Same<Frames.AckFrame, Shapes.AckFrame> = true;
const report: Same<Frames.ReportFrame, Shapes.ReportFrame> = true;

test('the JSON Schemas say what the TypeScript types say', () => {
  const same = [table, provider, policy, consumer, settings, update, heartbeat, fleet, hello, ack, report];
  expect(same.every(Boolean)).toBe(true);
});
