import { describe, expect, test } from '@jest/globals';
import { classifyAddress, inCidr, isDialable } from './address-class.ts';

describe('classifyAddress', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.15.255.255', 'public'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.1.1', 'private'],
    ['100.63.255.255', 'public'],
    ['100.64.0.1', 'shared'],
    ['100.100.100.200', 'metadata'],
    ['100.127.255.255', 'shared'],
    ['100.128.0.0', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.0.1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['192.0.2.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['203.0.113.9', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::2', 'unspecified'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'metadata'],
    ['::FFFF:8.8.8.8', 'public'],
    ['::169.254.169.254', 'metadata'],
    ['::ffff:0:10.0.0.1', 'private'],
    ['64:ff9b::a9fe:a9fe', 'metadata'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['64:ff9b:1::8.8.8.8', 'private'],
    ['2002:a9fe:a9fe::', 'metadata'],
    ['2002:7f00:1::1', 'loopback'],
    ['2002:808:808::1', 'public'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['2606:4700::6810:84e5', 'public'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fd00:ec2::254', 'metadata'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['fe81::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['4000::1', 'reserved'],
    ['100::1', 'reserved'],
  ])('%s is %s', (address, expected) => expect(classifyAddress(address)).toBe(expected));

  test.each([
    '',
    'localhost',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '256.1.1.1',
    '1.2.3.4:80',
    '[::1]',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
  ])('%j is not an IP literal', (text) => expect(classifyAddress(text)).toBeUndefined());
});

describe('isDialable', () => {
  test('metadata, link-local, multicast, reserved and unspecified addresses are never dialled', () => {
    for (const addressClass of ['metadata', 'link-local', 'multicast', 'unspecified', 'reserved'] as const) {
      expect(isDialable(addressClass, true)).toBe(false);
    }
  });

  test('private, shared and loopback addresses need the permission, public ones do not', () => {
    for (const addressClass of ['private', 'shared', 'loopback'] as const) {
      expect([isDialable(addressClass, false), isDialable(addressClass, true)]).toEqual([false, true]);
    }
    expect(isDialable('public', false)).toBe(true);
  });
});

describe('inCidr', () => {
  test.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['192.168.5.9', '192.168.5.8/31', true],
    ['192.168.5.10', '192.168.5.8/31', false],
    ['fd00::1', 'fd00::/8', true],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['10.1.2.3', '::/0', false],
    ['10.1.2.3', '10.0.0.0/33', false],
    ['10.1.2.3', '10.0.0.0/8/8', false],
    ['10.1.2.3', 'ten/8', false],
    ['ten', '10.0.0.0/8', false],
  ])('%s in %s: %s', (address, cidr, expected) => expect(inCidr(address, cidr)).toBe(expected));
});
