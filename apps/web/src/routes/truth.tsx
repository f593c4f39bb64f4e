/** Registries, syncs, scans, health: whether it is all true. */
export const truthRoutes = [] as const;
