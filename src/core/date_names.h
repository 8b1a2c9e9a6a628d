/* The words of dates: months in the languages of feeds, zones, halves of the day. */
#ifndef DIURNA_CORE_DATE_NAMES_H
#define DIURNA_CORE_DATE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum date_unit_kind {
	DATE_UNIT_NONE,
	DATE_UNIT_YEAR,
	DATE_UNIT_MONTH,
	DATE_UNIT_DAY,
	DATE_UNIT_HOUR,
	DATE_UNIT_MINUTE,
	DATE_UNIT_SECOND,
};

enum date_half_kind { DATE_HALF_NONE, DATE_HALF_AM, DATE_HALF_PM };

/* What a character behind a number says it counts, in Chinese, Japanese and Korean. */
enum date_unit_kind date_unit(unsigned code_point);
/* 1 to 12; 0: not the name of a month. Case and accents aside. */
int date_month(const char *word, size_t len);
/* am, pm and their kin. */
enum date_half_kind date_half(const char *word, size_t len);
/* Seconds east of UTC of a zone's name; false: unknown. RFC 822, and names that are unambiguous. */
bool date_zone_offset(const char *word, size_t len, int *offset_s);
/* Written in Korean. */
bool date_is_korean(const char *text, size_t len);

#endif
