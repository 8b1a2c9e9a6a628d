#include "core/date.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int64_t date_days(int year, int month, int day)
{
	/* Years start in March, so that a leap day is the last one. */
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void date_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

const char *date_format(int64_t time_s, char text[DATE_TEXT_BYTES])
{
	int64_t days = time_s / 86400, rest = time_s % 86400;
	int year, month, day;

	text[0] = '\0';
	if (time_s < -62135596800 || time_s > 253402300799)
		return text;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	date_from_days(days, &year, &month, &day);
	snprintf(text, DATE_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
		(int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
	return text;
}

const char *date_span(int64_t seconds, char text[DATE_TEXT_BYTES])
{
	long long s = seconds < 0 ? -seconds : seconds;

	if (s >= 86400 && s < 10 * 86400 && s % 86400 >= 3600)
		snprintf(text, DATE_TEXT_BYTES, "%lld d %lld h", s / 86400, s % 86400 / 3600);
	else if (s >= 86400)
		snprintf(text, DATE_TEXT_BYTES, "%lld d", s / 86400);
	else if (s >= 3600 && s < 6 * 3600 && s % 3600 >= 60)
		snprintf(text, DATE_TEXT_BYTES, "%lld h %lld min", s / 3600, s % 3600 / 60);
	else if (s >= 3600)
		snprintf(text, DATE_TEXT_BYTES, "%lld h", s / 3600);
	else if (s >= 60)
		snprintf(text, DATE_TEXT_BYTES, "%lld min", s / 60);
	else
		snprintf(text, DATE_TEXT_BYTES, "%lld s", s);
	return text;
}
