#include "parse/metadata_date.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_features.h"
#include "parse/extract_hints.h"
#include "parse/language.h"
#include "parse/metadata_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DAY_S = 86400,
	DATES_OF_BLOCK = 4,
	BLOCK_WORDS = 60, /* longer blocks are text: their dates are of what they tell */
	NEAR_BLOCKS = 14, /* from the headline */
	LABEL_BYTES = 48, /* before a date that say which one it is */
	FAR = 60,         /* blocks; more is the same */
	YEARS = 4000,     /* days; more is the same */
	ABOVE_LEVELS = 4,
	TEASER_WORDS = 4,   /* linked: the title of a story */
	WORDS_MANY = 12,    /* linked; more is the same */
	ZONE_S = 14 * 3600, /* the farthest zone from UTC */
	BACKED = 2,         /* who say a day: enough to believe it */
};

/* A moment as a source gives it. */
struct moment {
	int64_t time_s; /* UTC; DATE_NONE: no date was understood */
	int offset_s;
	bool has_time;
	bool is_swappable; /* day and month may be exchanged */
};

struct day {
	int64_t day;
	uint8_t said[DATE_SOURCES];
	bool is_swapped;
	size_t block;         /* where people see it, the nearest to the headline; BLOCK_NONE */
	bool starts, is_time; /* of that place */
	bool labels[3];       /* enum label, anywhere */
};

enum label { LABEL_PUBLISHED, LABEL_UPDATED, LABEL_REVIEWED, LABEL_NONE };

struct dater {
	struct arena *arena;
	const struct metadata *meta;
	const struct page_blocks *blocks;
	const char *language; /* of the page; "": not looked at yet */
	size_t headline;      /* block */
	struct day days[DAYS_MAX];
	size_t count;
	int64_t first[DATE_SOURCES]; /* the first day that each source says; DATE_NONE */
	size_t said[DATE_SOURCES];
};

/* Of times before the web, and of templates that nobody filled in, there is none. */
static struct moment read_moment(const char *text)
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

static int64_t day_of(const struct moment *moment)
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

static size_t distance(const struct dater *d, size_t block)
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
	if (day->block != BLOCK_NONE && distance(d, day->block) <= distance(d, block))
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

/* Day and month exchanged; false: they cannot be. */
static bool swap(int64_t day, int64_t *swapped)
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

/* Of 03/04/2026 the day comes first everywhere but in North America and the Philippines. */
static bool writes_day_first(struct dater *d)
{
	static const char *const month_first[] = {"en", "en-US", "en_US", "en-CA", "en-PH", "fil"};
	size_t i;

	if (d->language && !*d->language)
		d->language = language_of_page(d);
	for (i = 0; i < ARRAY_LEN(month_first); i++) {
		if (!d->language || str_ieq(d->language, month_first[i]))
			return false;
	}
	return true;
}

/* Days in one block. What announces them stands before them, or is the block before. */
static void add_block(struct dater *d, size_t i)
{
	struct text_date dates[DATES_OF_BLOCK];
	const char *text = block_text(d->blocks, i);
	size_t count = metadata_find_dates(text, dates, DATES_OF_BLOCK), k, from, end = 0;
	struct day *day, *swapped;
	int64_t number, other = 0;
	enum label label;
	bool has_other;

	for (k = 0; k < count; k++) {
		const struct text_date *date = &dates[k];

		number = date_days(date->year, date->month, date->day);
		has_other = date->is_swappable && swap(number, &other);
		if (has_other && writes_day_first(d)) {
			int64_t first = other;

			other = number;
			number = first;
		}
		day = add_day(d, number, DATE_TEXT);
		see(d, day, i, date->at == 0, false);
		from = date->at > end + LABEL_BYTES ? date->at - LABEL_BYTES : end;
		label = label_of(arena_strndup(d->arena, text + from, date->at - from));
		if (date->at == 0 && i > 0 && d->blocks->blocks[i - 1].words <= 3)
			label = label_of(block_text(d->blocks, i - 1));
		if (day && label != LABEL_NONE)
			day->labels[label] = true;
		if (has_other) {
			swapped = add_day(d, other, DATE_TEXT_SWAPPED);
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

/* The day in an address such as /2026/08/22/, /2026/aug/22/ or /2026-08-22-. */
static bool day_of_url(const char *url, int64_t *day)
{
	const char *s, *month, *end;
	int year, mday, number;

	for (s = url ? url : ""; (s = strchr(s, '/')) != NULL; s++) {
		year = atoi(s + 1);
		month = s + 1 + strspn(s + 1, "0123456789");
		if (month - s != 5 || !*month || !strchr("/-", *month))
			continue;
		month++;
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

static void gather(struct dater *d, const struct job *job)
{
	const struct metadata *meta = d->meta;
	struct moment moment;
	struct day *day;
	int64_t number;
	size_t i;

	for (i = 0; i < meta->date_count; i++) {
		const struct date_said *said = &meta->dates[i];

		moment = read_moment(said->text);
		if (moment.time_s == DATE_NONE)
			continue;
		day = add_day(d, day_of(&moment), said->source);
		if (said->source == DATE_TIME)
			see(d, day, metadata_block(said->node), false, true);
		else if (moment.is_swappable && swap(day_of(&moment), &number))
			add_day(d, number, DATE_TEXT_SWAPPED);
	}
	if (day_of_url(job->url, &number))
		add_day(d, number, DATE_URL);
	for (i = 0; i < d->blocks->block_count && d->count < DAYS_MAX; i++) {
		if (d->blocks->blocks[i].words <= BLOCK_WORDS && d->blocks->blocks[i].digits >= 3)
			add_block(d, i);
	}
}

static float limited(int64_t days)
{
	return days > YEARS ? YEARS : days < -YEARS ? -YEARS : (float)days;
}

static uint32_t hints_above(const struct page_blocks *blocks, size_t block)
{
	const struct element *element = &blocks->elements[blocks->blocks[block].element];
	uint32_t hints = blocks->blocks[block].hints;
	int level;

	for (level = 0; level < ABOVE_LEVELS; level++) {
		hints |= element->hints;
		if (element->parent == 0)
			break;
		element = &blocks->elements[element->parent];
	}
	return hints;
}

/* Sources of publication that say the day that this one is with day and month exchanged. */
static float swap_backed(const struct dater *d, const struct day *day)
{
	float count = 0;
	int64_t swapped;
	size_t i, s;

	if (!swap(day->day, &swapped))
		return 0;
	for (i = 0; i < d->count; i++) {
		for (s = 0; d->days[i].day == swapped && s <= DATE_URL; s++)
			count += d->days[i].said[s] > 0;
	}
	return count;
}

/* A list of other stories, and what stands beside the article. */
static bool is_aside(const struct page_blocks *blocks, size_t block)
{
	const struct element *element = &blocks->elements[blocks->blocks[block].element];
	int level;

	for (level = 0; level < ABOVE_LEVELS; level++) {
		if (element->tag == TAG_ASIDE || element->tag == TAG_NAV ||
			element->tag == TAG_FOOTER || element->tag == TAG_ITEM)
			return true;
		if (element->parent == 0)
			break;
		element = &blocks->elements[element->parent];
	}
	return false;
}

static float link_words(const struct page_blocks *blocks, size_t block)
{
	float words = blocks->blocks[block].link_words;
	const struct block *before = block > 0 ? &blocks->blocks[block - 1] : NULL;

	/* all of it a link, as the title of a teaser is */
	if (before && before->link_words * 2 > before->words)
		words += before->link_words;
	return words > WORDS_MANY ? WORDS_MANY : words;
}

/* The day of another story: beside the article, with that story's title. */
static bool is_teaser(const struct page_blocks *blocks, size_t block)
{
	return link_words(blocks, block) >= TEASER_WORDS && is_aside(blocks, block);
}

/* To the headline; days of other stories stand behind all others. */
static bool stands_nearer(const struct dater *d, const struct day *day, const struct day *than)
{
	bool is_other = than->block != BLOCK_NONE && is_teaser(d->blocks, than->block);

	if (day == than || day->block == BLOCK_NONE)
		return false;
	if (is_teaser(d->blocks, day->block) != is_other)
		return is_other;
	return distance(d, day->block) < distance(d, than->block);
}

static void fill_place(const struct dater *d, const struct day *day, float *x)
{
	static const enum hint others[] = {HINT_NAV, HINT_RELATED, HINT_COMMENT, HINT_CARD,
		HINT_FOOTER, HINT_SIDE, HINT_FORUM};
	const struct page_blocks *blocks = d->blocks;
	size_t away = distance(d, day->block), i;
	uint32_t hints = hints_above(blocks, day->block);

	x[DATE_X_VISIBLE] = 1;
	x[DATE_X_DISTANCE] = away > FAR ? FAR : (float)away;
	x[DATE_X_BEFORE] = day->block < d->headline;
	x[DATE_X_WORDS] = blocks->blocks[day->block].words;
	x[DATE_X_STARTS] = day->starts;
	x[DATE_X_ASIDE] = is_aside(blocks, day->block);
	x[DATE_X_LINK_WORDS] = link_words(blocks, day->block);
	x[DATE_X_IS_TIME] = day->is_time;
	x[DATE_X_PLACE] = (float)day->block / (float)blocks->block_count;
	x[DATE_X_HINT_META] = (hints & (1u << HINT_META | 1u << HINT_AUTHOR)) != 0;
	for (i = 0; i < ARRAY_LEN(others); i++)
		x[DATE_X_HINT_OTHER] += (float)((hints >> others[i]) & 1);
	for (i = 0; i < d->count; i++)
		x[DATE_X_RANK] += stands_nearer(d, &d->days[i], day);
}

static void fill(const struct dater *d, const struct day *day, float *x)
{
	const struct day *other;
	int64_t latest = day->day;
	size_t i, s;

	memset(x, 0, DATE_X_COUNT * sizeof(*x));
	for (s = 0; s < DATE_SOURCES; s++) {
		x[DATE_X_SAID + s] = day->said[s] > 0;
		x[DATE_X_HAS + s] = (float)d->said[s];
		x[DATE_X_FROM + s] = d->said[s] ? limited(day->day - d->first[s]) : YEARS + 1;
		x[DATE_X_AGREE] += day->said[s] > 0;
	}
	x[DATE_X_EARLIEST] = x[DATE_X_LATEST] = 1;
	for (i = 0; i < d->count; i++) {
		other = &d->days[i];
		if (other->said[DATE_TEXT_SWAPPED])
			continue;
		if (other->day < day->day)
			x[DATE_X_EARLIEST] = 0;
		if (other->day > latest)
			latest = other->day;
		for (s = 0; s < DATE_SOURCES && llabs(other->day - day->day) <= 1; s++)
			x[DATE_X_AGREE_NEAR] += other->said[s] > 0 && !day->said[s];
		x[DATE_X_NEAR_COUNT] +=
			other->block != BLOCK_NONE && distance(d, other->block) <= NEAR_BLOCKS;
	}
	x[DATE_X_LATEST] = latest == day->day;
	x[DATE_X_BEFORE_LAST] = limited(latest - day->day);
	x[DATE_X_SWAPPED] = day->said[DATE_TEXT_SWAPPED] > 0;
	x[DATE_X_SWAP_BACKED] = swap_backed(d, day);
	x[DATE_X_PUBLISHED] = day->labels[LABEL_PUBLISHED];
	x[DATE_X_UPDATED] = day->labels[LABEL_UPDATED];
	x[DATE_X_REVIEWED] = day->labels[LABEL_REVIEWED];
	x[DATE_X_DISTANCE] = FAR + 1;
	if (day->block != BLOCK_NONE)
		fill_place(d, day, x);
}

static struct dater *read_days(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	struct dater *d = arena_calloc(arena, 1, sizeof(*d));

	d->arena = arena;
	d->meta = meta;
	d->blocks = blocks;
	d->language = "";
	d->headline = headline_block(blocks, meta->title);
	if (d->headline == BLOCK_NONE)
		d->headline = 0;
	gather(d, job);
	return d;
}

size_t date_candidates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena, struct date_candidate *candidates)
{
	struct dater *d = read_days(meta, job, blocks, arena);
	size_t i;

	for (i = 0; i < d->count; i++) {
		candidates[i].day = d->days[i].day;
		fill(d, &d->days[i], candidates[i].x);
	}
	return d->count;
}

static const char *moment_text(struct arena *arena, const struct moment *moment)
{
	int year, month, day;
	unsigned second = (unsigned)((moment->time_s + moment->offset_s) % DAY_S);

	date_from_days(day_of(moment), &year, &month, &day);
	if (!moment->has_time)
		return arena_printf(arena, "%04d-%02d-%02d", year, month, day);
	return arena_printf(arena, "%04d-%02d-%02dT%02u:%02u:%02u%c%02d:%02d", year, month, day,
		second / 3600, second / 60 % 60, second % 60, moment->offset_s < 0 ? '-' : '+',
		abs(moment->offset_s) / 3600, abs(moment->offset_s) / 60 % 60);
}

/*
 * The moment within a day that a source knows, those of publication before those of change, as the
 * one says it who names a zone; without a time where nobody does.
 */
static struct moment moment_of_day(const struct metadata *meta, int64_t day)
{
	struct moment moment, best = {.time_s = day * DAY_S};
	enum date_source source = DATE_SOURCES;
	size_t i;

	for (i = 0; i < meta->date_count; i++) {
		moment = read_moment(meta->dates[i].text);
		if (moment.time_s == DATE_NONE || !moment.has_time ||
			(day_of(&moment) != day && moment.time_s / DAY_S != day))
			continue;
		if (moment.time_s == best.time_s && best.has_time && best.offset_s == 0) {
			best.offset_s = moment.offset_s;
		} else if (meta->dates[i].source < source) {
			source = meta->dates[i].source;
			best = moment;
		}
	}
	return best;
}

/*
 * People see the day of the site's own zone while the metadata is in UTC: the moment is the
 * metadata's, if there is a zone in which it is on that day.
 */
static int64_t time_of_day(const struct metadata *meta, int64_t day)
{
	struct moment moment;
	size_t i;

	for (i = 0; i < meta->date_count; i++) {
		moment = read_moment(meta->dates[i].text);
		if (moment.time_s != DATE_NONE && moment.has_time &&
			meta->dates[i].source <= DATE_ITEM &&
			moment.time_s > day * DAY_S - ZONE_S &&
			moment.time_s < (day + 1) * DAY_S + ZONE_S)
			return moment.time_s;
	}
	return day * DAY_S;
}

/* The feed knows when it was; the page may know it better. */
static bool agrees_with_entry(const struct job *job, int64_t day)
{
	return job->entry_published == DATE_NONE ||
	       llabs(job->entry_published - day * DAY_S - DAY_S / 2) <= DAY_S / 2 + ZONE_S;
}

static void set_modified(struct article *article, const struct moment *moment)
{
	article->modified = moment->time_s;
	article->modified_text = moment_text(&article->arena, moment);
}

/* The day beside the headline that people read as the one of the last change. */
static const struct day *updated_day(const struct dater *d)
{
	const struct day *found = NULL;
	size_t i;

	for (i = 0; i < d->count; i++) {
		const struct day *day = &d->days[i];

		if (!day->labels[LABEL_UPDATED] || day->said[DATE_TEXT_SWAPPED] ||
			day->block == BLOCK_NONE || distance(d, day->block) > NEAR_BLOCKS)
			continue;
		if (!found || distance(d, day->block) < distance(d, found->block))
			found = day;
	}
	return found;
}

static void choose_modified(const struct dater *d, struct article *article)
{
	static const enum date_source order[] = {
		DATE_LD_MODIFIED, DATE_META_MODIFIED, DATE_ITEM_MODIFIED};
	const struct metadata *meta = d->meta;
	const struct day *day;
	struct moment moment;
	size_t i, k;

	for (k = 0; k < ARRAY_LEN(order); k++) {
		for (i = 0; i < meta->date_count; i++) {
			moment = read_moment(meta->dates[i].text);
			if (meta->dates[i].source != order[k] || moment.time_s == DATE_NONE)
				continue;
			set_modified(article, &moment);
			return;
		}
	}
	day = updated_day(d);
	if (!day ||
		(article->published != DATE_NONE && day->day * DAY_S <= article->published - DAY_S))
		return;
	moment = (struct moment){.time_s = day->day * DAY_S};
	set_modified(article, &moment);
}

static void set_published(struct article *article, const struct moment *moment)
{
	article->published = moment->time_s;
	article->published_text = moment_text(&article->arena, moment);
}

/* How many say on their own that it was published on this day: metadata, address, what people read.
 */
static float backing(const struct day *day)
{
	return (float)((day->said[DATE_LD] > 0) + (day->said[DATE_META] > 0) +
		       (day->said[DATE_ITEM] > 0) + (day->said[DATE_URL] > 0) +
		       day->labels[LABEL_PUBLISHED]);
}

/*
 * The likeliest day; false: there is none. Where two agree the model is asked only between such
 * days: it has learned from pages that were updated for years, the day of which is in doubt.
 */
static bool choose_day(const struct dater *d, const struct job *job, int64_t *day)
{
	float best = -1, p, x[DATE_X_COUNT];
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (!agrees_with_entry(job, d->days[i].day))
			continue;
		fill(d, &d->days[i], x);
		p = model_probability(&date_model, x);
		if (backing(&d->days[i]) >= BACKED)
			p += backing(&d->days[i]);
		if (p > best) {
			best = p;
			*day = d->days[i].day;
		}
	}
	return best >= 0;
}

static void choose_published(const struct dater *d, const struct job *job, struct article *article)
{
	struct moment moment = read_moment(d->meta->rule_date);
	int64_t day = 0;

	if (moment.time_s != DATE_NONE) {
		set_published(article, &moment);
	} else if (choose_day(d, job, &day)) {
		moment = moment_of_day(d->meta, day);
		set_published(article, &moment);
		if (!moment.has_time)
			article->published = time_of_day(d->meta, day);
	} else if (job->entry_published != DATE_NONE) {
		moment.time_s = job->entry_published;
		moment.has_time = true;
		set_published(article, &moment);
	}
}

void metadata_choose_dates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article)
{
	const struct dater *d = read_days(meta, job, blocks, &article->arena);

	choose_published(d, job, article);
	choose_modified(d, article);
}
