/*
 * Dates: what feeds, pages and headers write, to seconds; seconds to text; local time of a zone.
 */
#ifndef DIURNA_CORE_DATE_H
#define DIURNA_CORE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifndef DATE_NONE
#define DATE_NONE INT64_MIN
#endif

enum { DATE_TEXT_BYTES = 32 };

/* "2026-08-22T06:30:00Z". Years 1 to 9999; others give "". text has DATE_TEXT_BYTES bytes. */
const char *date_format(int64_t time_s, char text[DATE_TEXT_BYTES]);

/* How long that is, for people: "3 d 4 h", "20 min", "5 s"; of the amount, whatever the sign. */
const char *date_span(int64_t seconds, char text[DATE_TEXT_BYTES]);

/* Proleptic Gregorian calendar: day 0 is 1970-01-01. month 1 to 12. */
int64_t date_days(int year, int month, int day);
void date_from_days(int64_t days, int *year, int *month, int *day);

/* HTTP-date, all three forms. DATE_NONE: it is none. Source: RFC 9110, 5.6.7. */
int64_t date_parse_http(const char *text);

/*
 * Any date that feeds and pages write: RFC 822 and 3339 with their misspellings, W3CDTF, ISO 8601,
 * asctime, Unix seconds. DATE_NONE: no date, or none of the calendar. offset_s: seconds east of
 * UTC that the text gave, 0 without; may be NULL.
 */
int64_t date_parse(const char *text, int *offset_s);

/* Local time in an IANA zone ("Europe/Paris"; NULL: the system's). False: there is no such zone. */
bool date_local(const char *zone, int64_t time_s, struct tm *local);
/*
 * The moment of a local time. In a gap (spring) the first existing moment after it; of a doubled
 * hour (autumn) the first.
 */
bool date_from_local(
	const char *zone, int year, int month, int day, int hour, int minute, int64_t *time_s);
bool date_zone_exists(const char *zone);

#endif
