/*
 * The languages, a row each. A new one is a row of words_table.c and its tag in
 * tests/edition/test_words.c, which says what is missing in it; a language with other plurals has
 * its rule in plural_form().
 */
#ifndef DIURNA_EDITION_WORDS_TABLE_H
#define DIURNA_EDITION_WORDS_TABLE_H

#include "core/reason.h"
#include "edition/words.h"

#include <stdbool.h>

enum plural { PLURAL_NONE, PLURAL_ONE, PLURAL_ZERO_ONE, PLURAL_SLAVIC };

struct words {
	const char *tag; /* BCP 47 */
	enum plural plural;
	const char *months[12];  /* as they stand in a date */
	const char *titles[12];  /* as they stand alone; NULL: the same */
	const char *weekdays[7]; /* from Sunday */
	const char *date;        /* %A weekday, %d day, %B month, %m its number, %Y year */
	const char *day;
	const char *day_year;
	const char *month;
	const char *colon;   /* with the spaces around it; NULL: ": " */
	const char *hours;   /* between hours and minutes */
	const char *group;   /* between thousands */
	bool has_few_groups; /* four figures stand together. CLDR: minimumGroupingDigits 2 */
	const char *first;   /* the first day of a month; NULL: "1" */
	const char *text[WORD_COUNT];
	const char *counts[COUNTED_MAX][3];
	const char *reasons[REASON_COUNT]; /* # as in core/reason; NULL: as there */
};

extern const struct words words_table[]; /* the first is what others fall back to */
extern const size_t words_table_count;

#endif
