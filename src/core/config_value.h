/* Values of the configuration: from what a person wrote to what the program uses. */
#ifndef DIURNA_CORE_CONFIG_VALUE_H
#define DIURNA_CORE_CONFIG_VALUE_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/config_schema.h"

/* Milliseconds of "500ms", "30m", "1h30m", "7d", "2w", "0", "forever" (0). False: none of these. */
bool config_duration_ms(const char *text, int64_t *ms);
/* Minutes after midnight of "06:30". */
bool config_time_of_day(const char *text, int *minutes);

/* For names that nobody knows: the nearest of those offered. */
struct nearest {
	const char *word; /* what was written */
	const char *best; /* NULL: nothing near */
	unsigned distance;
};
void nearest_offer(struct nearest *nearest, const char *name);

/*
 * The value of one option, or one value of its list, written to where `to` points (see enum
 * config_type; strings go into arena). folder: what relative paths start from. False: why says
 * what is wrong and what was meant.
 */
bool config_value(const struct config_option *option, const char *text, const char *folder,
	struct arena *arena, void *to, struct buf *why);

#endif
