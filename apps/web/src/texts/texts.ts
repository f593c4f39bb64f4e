/** What another language has to fill: the same names, other words. */
export type Texts<T> = T extends string ? string : { readonly [K in keyof T]: Texts<T[K]> };
