import { prose } from './inert.ts';

/** Makes every link that a report holds. A link that is not https to a known host, or to the GitHub that we work with, becomes text. */
export interface Links {
  /** A line of a file of the repository at a commit. */
  file(commit: string, path: string, line: number): string;
  commit(commit: string): string;
  /** An address that came from a port. */
  to(label: string, url: string | null): string;
}

const knownHosts = ['.azurecontainerapps.io', 'portal.azure.com'];

export function linksFor(repositoryUrl: string): Links {
  const home = safeUrl(repositoryUrl, repositoryUrl);
  const at = (label: string, path: string): string => (home === null ? label : `[${label}](${home.replace(/\/$/, '')}/${path})`);
  return {
    file: (commit, path, line) => at(`${prose(path)}:${line}`, `blob/${encodeURIComponent(commit)}/${pathSegments(path)}#L${line}`),
    commit: (commit) => at(prose(commit.slice(0, 7)), `commit/${encodeURIComponent(commit)}`),
    to: (label, url) => {
      const safe = url === null ? null : safeUrl(url, repositoryUrl);
      return safe === null ? prose(label) : `[${prose(label)}](${safe})`;
    },
  };
}

/** The address in a form that cannot end the link early; null when it may not be linked. */
export function safeUrl(url: string, repositoryUrl: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return null;
  const ours = URL.parse(repositoryUrl);
  const known = parsed.protocol === 'https:' && knownHosts.some((host) => (host.startsWith('.') ? parsed.hostname.endsWith(host) : parsed.hostname === host));
  const github = /^https?:$/.test(parsed.protocol) && parsed.origin === ours?.origin;
  if (!known && !github) return null;
  return parsed.href.replace(/[()<>\\`|*_[\]~]/g, percentEncoded);
}

function pathSegments(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/[()*!'_~]/g, percentEncoded))
    .join('/');
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
