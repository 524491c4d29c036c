// Nominal types for strings: an IVOID and a datestamp are both text, but neither may stand where the other is meant.
declare const brand: unique symbol

/** A `Base` that only the maker of `Name` can produce. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
