/** Whether tests that search, repeat or load may take as long as they need: `npm test -- --long`. */
export const isLong = process.env.SIGNPOST_LONG_TESTS === '1'
