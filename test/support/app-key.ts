import { generateKeyPairSync } from 'node:crypto';

/** A private key as GitHub gives one to an App: RSA, PKCS#1 in PEM. Another one in each process. */
export const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } }).privateKey;
