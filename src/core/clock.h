/*
 * All time of the program comes from here, so that a test can say what time it is: the variable
 * DIURNA_CLOCK names a file that holds either seconds since 1970, or +N for N seconds after the
 * true time. It is read at every look.
 */
#ifndef DIURNA_CORE_CLOCK_H
#define DIURNA_CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970, UTC. */
int64_t clock_now(void);
/* Milliseconds that only grow, for durations; never simulated. */
int64_t clock_monotonic_ms(void);
/* DIURNA_CLOCK is set: whoever waits for a time must look often. */
bool clock_is_simulated(void);

#endif
