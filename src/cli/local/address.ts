/** In words. */
export const httpAddress = 'an address that starts with http:// or https://';

export function isHttpAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
