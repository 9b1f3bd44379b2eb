/** Joins class names, leaving out the ones a condition switched off. */
export function cn(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
