/** A command was called without something that it needs: exit code 2, as for a word that it does not know. */
export class UsageFault extends Error {}
