/* Weeks of editions, as ISO 8601 counts them. Their pages lie in one folder. */
#ifndef DIURNA_EDITION_WEEK_H
#define DIURNA_EDITION_WEEK_H

#include <stdbool.h>
#include <stdint.h>

#define WEEKS_FOLDER "weeks"

enum { WEEK_NAME_BYTES = 32 };

/* The number of the week of a day, 1 to 53; *year is that of its Thursday. year may be NULL. */
int week_number(int64_t day, int *year);
/*
 * Of an edition ("2026-11-22-2"), the name of its week ("2026-W47"), and its Monday and Sunday
 * ("2026-11-22"), each of which may be NULL. False: the name says no day.
 */
bool week_of(const char *edition, char name[WEEK_NAME_BYTES], char monday[WEEK_NAME_BYTES],
	char sunday[WEEK_NAME_BYTES]);

#endif
