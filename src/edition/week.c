#include "edition/week.h"

#include "core/date.h"

#include <stdio.h>

/* The year 1970 began on a Thursday. */
static int64_t monday_of(int64_t day)
{
	return day - (day % 7 + 10) % 7;
}

int week_number(int64_t day, int *year)
{
	int64_t thursday = monday_of(day) + 3;
	int of_thursday, month, day_of_month;

	date_from_days(thursday, &of_thursday, &month, &day_of_month);
	if (year)
		*year = of_thursday;
	return (int)((thursday - date_days(of_thursday, 1, 1)) / 7) + 1;
}

static void put_day(int64_t day, char text[WEEK_NAME_BYTES])
{
	int year, month, day_of_month;

	if (!text)
		return;
	date_from_days(day, &year, &month, &day_of_month);
	snprintf(text, WEEK_NAME_BYTES, "%04d-%02d-%02d", year, month, day_of_month);
}

bool week_of(const char *edition, char name[WEEK_NAME_BYTES], char monday[WEEK_NAME_BYTES],
	char sunday[WEEK_NAME_BYTES])
{
	int year, month, day, number;
	int64_t days;

	if (sscanf(edition, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return false;
	days = date_days(year, month, day);
	number = week_number(days, &year);
	if (name)
		snprintf(name, WEEK_NAME_BYTES, "%04d-W%02d", year, number);
	put_day(monday_of(days), monday);
	put_day(monday_of(days) + 6, sunday);
	return true;
}
