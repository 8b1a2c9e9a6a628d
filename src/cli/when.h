/* Times as people write and read them. */
#ifndef DIURNA_CLI_WHEN_H
#define DIURNA_CLI_WHEN_H

#include <stdbool.h>
#include <stdint.h>

enum { WHEN_BYTES = 48 };

/*
 * "now"; a distance: "2h", "3 days ago", "an hour ago", "last week"; a day: "today", "yesterday",
 * "monday" (the last one, today counts), "last monday" (today does not), "2026-08-22"; a time of
 * today: "06:30", "noon"; both: "yesterday 12:30", "2026-08-22 06:30"; ISO 8601 with a zone;
 * "@1790000000". A day means its beginning; without a zone the text is local time in zone (NULL:
 * the system's). False: none of these.
 */
bool when_parse(const char *text, const char *zone, int64_t now, int64_t *time_s);
/* What when_parse takes, for a message. */
const char *when_meant(void);

/* "2026-08-22 06:30" in zone; "" for 0 and DATE_NONE. */
const char *when_local(int64_t time_s, const char *zone, char text[WHEN_BYTES]);
/* As mail programs have it: "06:30" of today, "Aug 22" of the last months, "2025-08-22". */
const char *when_short(int64_t time_s, const char *zone, int64_t now, char text[WHEN_BYTES]);
/* "3 h ago", "in 20 min", "now"; "never" for 0. */
const char *when_ago(int64_t time_s, int64_t now, char text[WHEN_BYTES]);

#endif
