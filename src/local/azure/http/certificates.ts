import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

/** A certificate authority that lives as long as the process: its private key is never written anywhere. */
export interface CertificateAuthority {
  /** PEM, what clients trust. */
  readonly certificate: string;
  /** A certificate for these names, host names or addresses; the first is its subject. */
  issue(names: readonly string[]): Promise<{ readonly certificate: string; readonly key: string }>;
  /** The same for one name and its neighbours, made at the first use: as in Azure, all apps of an environment share one. */
  contextFor(name: string): Promise<SecureContext>;
}

export async function certificateAuthority(): Promise<CertificateAuthority> {
  const [root, leaf] = await Promise.all([keyPair(), keyPair()]);
  const subject = 'CN=Trueup local Azure, O=Trueup';
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject,
    keys: root,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  const leafKey = await pem(leaf.privateKey);
  const issuerId = await AuthorityKeyIdentifierExtension.create(root.publicKey);
  const contexts = new Map<string, Promise<SecureContext>>();

  const issue = async (names: readonly string[]) => {
    const issued = await X509CertificateGenerator.create({
      subject: [{ CN: [names[0] ?? 'localhost'] }],
      issuer: subject,
      publicKey: leaf.publicKey,
      signingKey: root.privateKey,
      signingAlgorithm: algorithm,
      ...validity(),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
        issuerId,
      ],
    });
    return { certificate: `${issued.toString('pem')}\n`, key: leafKey };
  };
  const context = async (names: string) => {
    const { certificate: cert, key } = await issue([names]);
    return createSecureContext({ cert, key });
  };
  return {
    certificate: `${certificate.toString('pem')}\n`,
    issue,
    contextFor(name) {
      const names = neighboursOf(name);
      const found = contexts.get(names) ?? context(names);
      contexts.set(names, found);
      return found;
    },
  };
}

/** `*.` and the domain that it is in, unless that is one of Azure's own. */
function neighboursOf(name: string): string {
  const domain = name.split('.').slice(1);
  return domain.length > 2 ? `*.${domain.join('.')}` : name;
}

async function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

/** A day back, for machines whose clocks differ. */
function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 397 * dayMs) };
}
