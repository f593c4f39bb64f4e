/** Registries, syncs, scans, health: whether it is all true. */
export const truth = {} as const;
