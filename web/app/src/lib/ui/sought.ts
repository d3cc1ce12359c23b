/** What is looked for among what is there: whatever holds every word, in any order and case. */
export function matcher(sought: string): (text: string) => boolean {
  const words = sought.trim().toLowerCase().split(/\s+/);
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}
