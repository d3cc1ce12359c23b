/** Text that keeps its direction wherever it stands: among Arabic letters a sign such as ≥ would be turned round. */
export const leftToRight = (text: string): string => `\u2066${text}\u2069`;
