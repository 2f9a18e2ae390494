import type { OpaquePlace } from './comparing.ts';

const isVersion = (value: unknown) => typeof value === 'string' && /^\d+\.\d+\.\d+$/.test(value);
const isAddresses = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every((one) => /^\d{1,3}(\.\d{1,3}){3}$/.test(String(one)));

export const opaquePlaces: readonly OpaquePlace[] = [
  { path: /\.properties\.outboundIpAddresses$/, looks: isAddresses, reason: 'some 150 addresses that change by themselves; the recordings hold two placeholders' },
  { path: /\.(keda|dapr)Configuration\.version$/, looks: isVersion, reason: "the platform's release on the day of the recording" },
];
