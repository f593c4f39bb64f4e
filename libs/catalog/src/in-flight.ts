/**
 * How many repositories are worth being handed over at once: those that wait for their reading are claimed, and those
 * that were read are applied, many with one statement.
 */
export const IN_FLIGHT = 128;

/** As {@link IN_FLIGHT}, for a pass, whose transactions wait until they are full. */
export const PASS_IN_FLIGHT = 192;
