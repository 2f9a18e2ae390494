/** What a person must do first, and what follows from it by itself. */
export function thenDeployed(needs: string): string {
  return `${needs.slice(0, 1800)} It is deployed with the next merge, or when you re-run the check.`;
}

/** Where no way back can be gone any more. */
export const byHand = 'Set the traffic of the services that are not restored to their previous revisions by hand.';
