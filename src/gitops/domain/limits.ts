/** What one file may cost. A file of 256 KiB holds some 400 services. */
export const maxFileBytes = 256 * 1024;
export const maxDepth = 30;
export const maxAliases = 20;
/** Values of one file, aliases written out. */
export const maxValues = 50_000;
export const maxKeyLength = 256;
/** That one document may name, and that a repository may declare. */
export const maxEnvironments = 100;
