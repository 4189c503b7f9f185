/** A pattern that cannot be used. The message says what would be right, as a noun. */
export class PatternError extends Error {}
