import { networkInterfaces } from 'node:os';
import { classifyAddress, isDialable } from '@headgate/crds';
import { runCommand } from '../cluster/run-command.ts';

/** Added to the loopback device of machines that have no address which a pod could have. */
const SPARE_ADDRESS = '10.243.0.1';

/**
 * An IPv4 address of this machine that may stand in an EndpointSlice (the API server refuses loopback) and that Headgate
 * dials (it refuses documentation ranges, which sandboxes use). Where there is none, one is added, which needs root.
 */
export async function takeMachineAddress(): Promise<string> {
  const own = usableAddress();
  if (own !== undefined) return own;
  const added = await runCommand('ip', ['addr', 'add', `${SPARE_ADDRESS}/32`, 'dev', 'lo']);
  if (added.code === 0) return SPARE_ADDRESS;
  throw new Error(`this machine has no address that a pod could have, and one cannot be added: ${added.stderr}`);
}

/** Takes away what `takeMachineAddress` added. */
export async function giveMachineAddressBack(address: string): Promise<void> {
  if (address === SPARE_ADDRESS) await runCommand('ip', ['addr', 'del', `${SPARE_ADDRESS}/32`, 'dev', 'lo']);
}

function usableAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal, address }) => {
    const kind = classifyAddress(address);
    return (
      family === 'IPv4' && kind !== undefined && isDialable(kind, true) && (!internal || address === SPARE_ADDRESS) && kind !== 'loopback'
    );
  })?.address;
}
