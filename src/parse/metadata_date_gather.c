/* The days that a page names: in its metadata, its address, <time> and short lines. */
#include "parse/metadata_dater.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DATES_OF_BLOCK = 4,
	BLOCK_WORDS = 60, /* longer blocks are text: their dates are of what they tell */
	LABEL_BYTES = 48, /* before a date that say which one it is */
};

struct moment date_read_moment(const char *text)
{
	struct moment moment = {.time_s = DATE_NONE};
	struct text_date found;
	int64_t local;

	if (str_is_empty(text))
		return moment;
	moment.time_s = date_parse(text, &moment.offset_s);
	if (metadata_find_dates(text, &found, 1)) {
		moment.is_swappable = found.is_swappable;
		if (moment.time_s == DATE_NONE)
			moment.time_s = date_days(found.year, found.month, found.day) * DAY_S;
	}
	if (moment.time_s == DATE_NONE || moment.time_s < date_days(1990, 1, 1) * DAY_S ||
		moment.time_s > date_days(2100, 1, 1) * DAY_S) {
		moment.time_s = DATE_NONE;
		return moment;
	}
	local = moment.time_s + moment.offset_s;
	moment.has_time = local % DAY_S != 0 || moment.offset_s != 0;
	return moment;
}

int64_t date_of_moment(const struct moment *moment)
{
	return (moment->time_s + moment->offset_s) / DAY_S;
}

static struct day *add_day(struct dater *d, int64_t day, enum date_source source)
{
	struct day *found;
	size_t i;

	if (d->said[source]++ == 0)
		d->first[source] = day;
	for (i = 0; i < d->count && d->days[i].day != day; i++)
		continue;
	if (i == DAYS_MAX)
		return NULL;
	found = &d->days[i];
	if (i == d->count) {
		d->count++;
		found->day = day;
		found->block = BLOCK_NONE;
	}
	if (found->said[source] < UINT8_MAX)
		found->said[source]++;
	return found;
}

size_t date_distance(const struct dater *d, size_t block)
{
	return block > d->headline ? block - d->headline : d->headline - block;
}

/* People see this day in this block. */
static void see(struct dater *d, struct day *day, size_t block, bool starts, bool is_time)
{
	if (!day || block >= d->blocks->block_count)
		return;
	if (day->block == block)
		day->is_time |= is_time;
	if (day->block != BLOCK_NONE && date_distance(d, day->block) <= date_distance(d, block))
		return;
	day->block = block;
	day->starts = starts;
	day->is_time = is_time;
}

/* The last of these words in a text says what the date behind it is. */
static enum label label_of(const char *text)
{
	static const struct {
		const char *word;
		enum label label;
	} words[] = {
		{"publish", LABEL_PUBLISHED},
		{"posted", LABEL_PUBLISHED},
		{"written", LABEL_PUBLISHED},
		{"created", LABEL_PUBLISHED},
		{"ver\xC3\xB6"
		 "ffentlicht",
			LABEL_PUBLISHED},
		{"erschienen", LABEL_PUBLISHED},
		{"erstellt", LABEL_PUBLISHED},
		{"publi\xC3\xA9", LABEL_PUBLISHED},
		{"publicad", LABEL_PUBLISHED},
		{"pubblicat", LABEL_PUBLISHED},
		{"gepubliceerd", LABEL_PUBLISHED},
		{"publicerad", LABEL_PUBLISHED},
		{"publisert", LABEL_PUBLISHED},
		{"publiceret", LABEL_PUBLISHED},
		{"opublikow", LABEL_PUBLISHED},
		{"yay\xC4\xB1n", LABEL_PUBLISHED},
		{"\xD0\xBE\xD0\xBF\xD1\x83\xD0\xB1\xD0\xBB\xD0\xB8\xD0\xBA", LABEL_PUBLISHED},
		{"\xD0\xBE\xD0\xBF\xD1\x83\xD0\xB1\xD0\xBB", LABEL_PUBLISHED},
		{"\xD9\x86\xD8\xB4\xD8\xB1", LABEL_PUBLISHED},
		{"\xE5\x85\xAC\xE9\x96\x8B", LABEL_PUBLISHED},
		{"\xE6\x8E\xB2\xE8\xBC\x89", LABEL_PUBLISHED},
		{"\xE7\x99\xBA\xE8\xA1\xA8", LABEL_PUBLISHED},
		{"\xE5\x8F\x91\xE5\xB8\x83", LABEL_PUBLISHED},
		{"\xE5\x8F\x91\xE8\xA1\xA8", LABEL_PUBLISHED},
		{"\xE7\x99\xBC\xE5\xB8\x83", LABEL_PUBLISHED},
		{"\xEC\x9E\x85\xEB\xA0\xA5", LABEL_PUBLISHED},
		{"\xEB\x93\xB1\xEB\xA1\x9D", LABEL_PUBLISHED},
		{"updat", LABEL_UPDATED},
		{"modif", LABEL_UPDATED},
		{"revis", LABEL_UPDATED},
		{"edited", LABEL_UPDATED},
		{"changed", LABEL_UPDATED},
		{"aktualisiert", LABEL_UPDATED},
		{"stand:", LABEL_UPDATED},
		{"mis \xC3\xA0 jour", LABEL_UPDATED},
		{"actualizad", LABEL_UPDATED},
		{"atualizad", LABEL_UPDATED},
		{"aggiornat", LABEL_UPDATED},
		{"bijgewerkt", LABEL_UPDATED},
		{"uppdater", LABEL_UPDATED},
		{"oppdatert", LABEL_UPDATED},
		{"opdateret", LABEL_UPDATED},
		{"aktualiz", LABEL_UPDATED},
		{"g\xC3\xBCncel", LABEL_UPDATED},
		{"\xD0\xBE\xD0\xB1\xD0\xBD\xD0\xBE\xD0\xB2\xD0\xBB", LABEL_UPDATED},
		{"\xD8\xAA\xD8\xAD\xD8\xAF\xD9\x8A\xD8\xAB", LABEL_UPDATED},
		{"\xE6\x9B\xB4\xE6\x96\xB0", LABEL_UPDATED},
		{"\xE4\xBF\xAE\xE6\xAD\xA3", LABEL_UPDATED},
		{"\xEC\x88\x98\xEC\xA0\x95", LABEL_UPDATED},
		{"review", LABEL_REVIEWED},
		{"fact check", LABEL_REVIEWED},
		{"verified", LABEL_REVIEWED},
	};
	const char *last = NULL, *found, *s;
	enum label label = LABEL_NONE;
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		for (s = text; (found = str_ifind(s, words[i].word)) != NULL; s = found + 1) {
			if (!last || found > last) {
				last = found;
				label = words[i].label;
			}
		}
	}
	return label;
}

bool date_swap(int64_t day, int64_t *swapped)
{
	int year, month, mday;

	date_from_days(day, &year, &month, &mday);
	if (mday > 12 || mday == month)
		return false;
	*swapped = date_days(year, mday, month);
	return true;
}

/* Of the longest block; NULL: neither said nor recognised. */
static const char *language_of_page(const struct dater *d)
{
	const char *said[] = {d->meta->item.language, d->meta->ld.language, d->meta->head.language};
	const struct page_blocks *blocks = d->blocks;
	size_t i, longest = 0;

	for (i = 0; i < ARRAY_LEN(said); i++) {
		if (!str_is_empty(said[i]))
			return said[i];
	}
	for (i = 1; i < blocks->block_count; i++) {
		if (blocks->blocks[i].len > blocks->blocks[longest].len)
			longest = i;
	}
	return blocks->block_count ? language_of(block_text(blocks, longest), NULL) : NULL;
}

/* What a date in digits shows of the order that the page writes: 27/10/2026 has the day first. */
static int order_of(const char *text)
{
	char *end;
	long first = strtol(text, &end, 10), second;

	if (end == text || !strchr("/.", *end))
		return 0;
	second = strtol(end + 1, NULL, 10);
	if (first > 12 && first <= 31 && second >= 1 && second <= 12)
		return 1;
	return second > 12 && second <= 31 && first >= 1 && first <= 12 ? -1 : 0;
}

/* ... all its dates together: above 0, day first. */
static int order_of_page(const struct dater *d)
{
	struct text_date dates[DATES_OF_BLOCK];
	const struct page_blocks *blocks = d->blocks;
	size_t i, k, count;
	int order = 0;

	for (i = 0; i < blocks->block_count; i++) {
		if (blocks->blocks[i].words > BLOCK_WORDS || blocks->blocks[i].digits < 6)
			continue;
		count = metadata_find_dates(block_text(blocks, i), dates, DATES_OF_BLOCK);
		for (k = 0; k < count; k++)
			order += order_of(block_text(blocks, i) + dates[k].at);
	}
	return order;
}

/* Where English is written with the day first, by the end of the host's name. */
static bool is_of_day_first(const char *url)
{
	static const char *const ends[] = {
		".uk", ".ie", ".au", ".nz", ".in", ".za", ".sg", ".hk", ".eu"};
	struct url parts;
	size_t i;

	if (!url)
		return false;
	url_split(url, strlen(url), &parts);
	for (i = 0; parts.host.data && i < ARRAY_LEN(ends); i++) {
		if (parts.host.len > strlen(ends[i]) &&
			strncmp(parts.host.data + parts.host.len - strlen(ends[i]), ends[i],
				strlen(ends[i])) == 0)
			return true;
	}
	return false;
}

/* Of 03/04/2026 the day comes first everywhere but in North America and the Philippines, unless
 * the page's other dates show otherwise. */
static bool writes_day_first(struct dater *d)
{
	static const char *const month_first[] = {"en", "en-US", "en_US", "en-CA", "en-PH", "fil"};
	size_t i;

	if (d->order == 0)
		d->order = order_of_page(d);
	if (d->order != 0)
		return d->order > 0;
	d->order = 1;
	if (d->language && !*d->language)
		d->language = language_of_page(d);
	for (i = 0; i < ARRAY_LEN(month_first); i++) {
		if (!d->language || str_ieq(d->language, month_first[i]))
			d->order = -1;
	}
	if (d->order < 0 && str_ieq(d->language, "en") && is_of_day_first(d->meta->base))
		d->order = 1;
	return d->order > 0;
}

/* Metadata or the address say this day, or the one beside it in another zone. */
static bool is_backed(const struct dater *d, int64_t day)
{
	size_t i, s;

	for (i = 0; i < d->count; i++) {
		for (s = 0; llabs(d->days[i].day - day) <= 1 && s <= DATE_URL; s++) {
			if (d->days[i].said[s] > 0)
				return true;
		}
	}
	return false;
}

/* The address has the day's year and month one after the other: /2013/06/. */
static bool is_of_address(const struct dater *d, int64_t day)
{
	char folder[16];
	int year, month, mday;

	date_from_days(day, &year, &month, &mday);
	snprintf(folder, sizeof(folder), "/%04d/%02d/", year % 10000, month % 100);
	return d->meta->base && strstr(d->meta->base, folder);
}

/*
 * The days that one in digits may mean, the likelier first: which of both metadata or the address
 * say, else as the page writes; with dots the day comes first unless they say otherwise. Returns
 * how many.
 */
static size_t days_of(struct dater *d, const struct text_date *date, int64_t *days)
{
	int64_t day = date_days(date->year, date->month, date->day), swapped = 0;
	bool is_said, is_other_said;

	days[0] = day;
	if (!(date->is_swappable || date->is_dotted) || !date_swap(day, &swapped))
		return 1;
	is_said = is_backed(d, day) || is_of_address(d, day);
	is_other_said = is_backed(d, swapped) || is_of_address(d, swapped);
	if (is_said != is_other_said) {
		days[0] = is_said ? day : swapped;
		return 1;
	}
	if (date->is_dotted)
		return 1;
	if (writes_day_first(d)) {
		days[0] = swapped;
		swapped = day;
	}
	days[1] = swapped;
	return 2;
}

/* Since when somebody writes in a forum. */
static bool says_joined(const char *text)
{
	static const char *const words[] = {"joined", "member since", "registered", "mitglied seit",
		"registriert", "dabei seit", "inscrit", "miembro desde", "registrado"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_istarts(text, words[i]))
			return true;
	}
	return false;
}

/* Three, as a date has, or a script that may have digits of its own. */
static bool has_digits(const struct page_blocks *blocks, size_t i)
{
	return blocks->blocks[i].digits >= 3 || metadata_has_other_script(block_text(blocks, i));
}

/* Days in one block. What announces them stands before them, or is the block before. */
static void add_block(struct dater *d, size_t i)
{
	struct text_date dates[DATES_OF_BLOCK];
	const char *text = block_text(d->blocks, i);
	size_t count = metadata_find_dates(text, dates, DATES_OF_BLOCK), k, from, end = 0;
	struct day *day, *swapped;
	int64_t meant[2];
	enum label label;
	bool has_other;

	if (says_joined(text) || (i > 0 && d->blocks->blocks[i - 1].words <= 3 &&
					 says_joined(block_text(d->blocks, i - 1))))
		return;
	for (k = 0; k < count; k++) {
		const struct text_date *date = &dates[k];

		has_other = days_of(d, date, meant) > 1;
		day = add_day(d, meant[0], DATE_TEXT);
		see(d, day, i, date->at == 0, false);
		from = date->at > end + LABEL_BYTES ? date->at - LABEL_BYTES : end;
		label = label_of(arena_strndup(d->arena, text + from, date->at - from));
		if (date->at == 0 && i > 0 && d->blocks->blocks[i - 1].words <= 3)
			label = label_of(block_text(d->blocks, i - 1));
		if (day && label != LABEL_NONE)
			day->labels[label] = true;
		if (has_other) {
			swapped = add_day(d, meant[1], DATE_TEXT_SWAPPED);
			see(d, swapped, i, date->at == 0, false);
		}
		end = date->at;
	}
}

/* A month as an address has it: 08, 8, august, aug. 0: none. */
static int month_of_url(const char *s, size_t len)
{
	char *end;
	long month = strtol(s, &end, 10);

	if (end == s + len && len <= 2)
		return month >= 1 && month <= 12 ? (int)month : 0;
	return len >= 3 ? metadata_month(s, len) : 0;
}

/* The day in an address such as /2026/08/22/, /2026/aug/22/, /2026/coast/8/22/ or /2026-08-22-. */
static bool day_of_url(const char *url, int64_t *day)
{
	const char *s, *month, *end, *section;
	int year, mday, number;

	for (s = url ? url : ""; (s = strchr(s, '/')) != NULL; s++) {
		year = atoi(s + 1);
		month = s + 1 + strspn(s + 1, "0123456789");
		if (month - s != 5 || !*month || !strchr("/-", *month))
			continue;
		month++;
		section = month + strcspn(month, "/");
		if (month[-1] == '/' && str_is_alpha(*month) && str_starts(section, "/") &&
			str_is_digit(section[1]) &&
			month_of_url(month, (size_t)(section - month)) == 0)
			month = section + 1;
		end = month + strcspn(month, "/-");
		number = month_of_url(month, (size_t)(end - month));
		mday = *end == month[-1] ? atoi(end + 1) : 0;
		if (year >= 1995 && year < 2100 && number > 0 && mday >= 1 && mday <= 31) {
			*day = date_days(year, number, mday);
			return true;
		}
	}
	return false;
}

void dates_gather(struct dater *d, const struct job *job)
{
	const struct metadata *meta = d->meta;
	struct moment moment;
	struct day *day;
	int64_t number;
	size_t i;

	for (i = 0; i < meta->date_count; i++) {
		const struct date_said *said = &meta->dates[i];

		moment = date_read_moment(said->text);
		if (moment.time_s == DATE_NONE)
			continue;
		day = add_day(d, date_of_moment(&moment), said->source);
		if (said->source == DATE_TIME)
			see(d, day, metadata_block(said->node), false, true);
		else if (moment.is_swappable && date_swap(date_of_moment(&moment), &number))
			add_day(d, number, DATE_TEXT_SWAPPED);
	}
	if (day_of_url(job->url, &number))
		add_day(d, number, DATE_URL);
	for (i = 0; i < d->blocks->block_count && d->count < DAYS_MAX; i++) {
		if (d->blocks->blocks[i].words <= BLOCK_WORDS && has_digits(d->blocks, i))
			add_block(d, i);
	}
}
