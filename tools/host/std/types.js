// @ts-self-types="./types.d.ts"

// Types only: what is checked is checked by the compiler.

export function assertType() {}
