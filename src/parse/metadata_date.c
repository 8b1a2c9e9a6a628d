#include "parse/metadata_date.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/metadata_dater.h"
#include "parse/metadata_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NEAR_BLOCKS = 14, /* from the headline */
	HOUR_S = 3600,
	ZONE_S = 14 * HOUR_S, /* the farthest zone from UTC */
	BACKED = 2,           /* who say a day: enough to believe it */
};

static struct dater *read_days(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	struct dater *d = arena_calloc(arena, 1, sizeof(*d));

	d->arena = arena;
	d->meta = meta;
	d->blocks = blocks;
	d->language = "";
	d->headline = metadata_headline(meta, blocks, arena);
	if (d->headline == BLOCK_NONE)
		d->headline = 0;
	dates_gather(d, job);
	return d;
}

size_t date_candidates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena, struct date_candidate *candidates)
{
	struct dater *d = read_days(meta, job, blocks, arena);
	size_t i;

	for (i = 0; i < d->count; i++) {
		candidates[i].day = d->days[i].day;
		date_fill(d, &d->days[i], candidates[i].x);
	}
	return d->count;
}

static const char *moment_text(struct arena *arena, const struct moment *moment)
{
	int year, month, day;
	unsigned second = (unsigned)((moment->time_s + moment->offset_s) % DAY_S);

	date_from_days(date_of_moment(moment), &year, &month, &day);
	if (!moment->has_time)
		return arena_printf(arena, "%04d-%02d-%02d", year, month, day);
	return arena_printf(arena, "%04d-%02d-%02dT%02u:%02u:%02u%c%02d:%02d", year, month, day,
		second / 3600, second / 60 % 60, second % 60, moment->offset_s < 0 ? '-' : '+',
		abs(moment->offset_s) / 3600, abs(moment->offset_s) / 60 % 60);
}

/* The moment within a day that a source knows, as the one says it who names a zone. */
static bool moment_on_day(
	const struct metadata *meta, int64_t day, bool is_change, struct moment *best)
{
	struct moment moment;
	enum date_source rank, source = DATE_SOURCES;
	size_t i;

	for (i = 0; i < meta->date_count; i++) {
		moment = date_read_moment(meta->dates[i].text);
		rank = meta->dates[i].source;
		if (moment.time_s == DATE_NONE || !moment.has_time ||
			(date_of_moment(&moment) != day && moment.time_s / DAY_S != day) ||
			(rank >= DATE_LD_MODIFIED && rank <= DATE_ITEM_MODIFIED) != is_change)
			continue;
		if (source < DATE_SOURCES && moment.time_s == best->time_s && best->offset_s == 0) {
			best->offset_s = moment.offset_s;
		} else if (rank < source) {
			source = rank;
			*best = moment;
		}
	}
	return source < DATE_SOURCES;
}

/*
 * People see the day of the site's own zone while metadata is in UTC: the moment is the metadata's,
 * in the zone nearest to UTC in which it is on that day, if there is one.
 */
static bool moment_in_zone(const struct metadata *meta, int64_t day, struct moment *moment)
{
	int64_t early, late;
	size_t i;

	for (i = 0; i < meta->date_count; i++) {
		*moment = date_read_moment(meta->dates[i].text);
		if (moment->time_s == DATE_NONE || !moment->has_time ||
			meta->dates[i].source > DATE_ITEM)
			continue;
		early = day * DAY_S -
			moment->time_s; /* to its first second, to the end of its last */
		late = moment->time_s - (day + 1) * DAY_S + 1;
		moment->offset_s = early > 0 ? (int)((early + HOUR_S - 1) / HOUR_S * HOUR_S)
					     : -(int)((late + HOUR_S - 1) / HOUR_S * HOUR_S);
		if (early < ZONE_S && late < ZONE_S)
			return true;
	}
	return false;
}

/* Those of publication before those of change; without a time where nobody knows one. */
static struct moment moment_of_day(const struct metadata *meta, int64_t day)
{
	struct moment moment = {0};

	if (!moment_on_day(meta, day, false, &moment) && !moment_in_zone(meta, day, &moment) &&
		!moment_on_day(meta, day, true, &moment))
		moment = (struct moment){.time_s = day * DAY_S};
	return moment;
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
			day->block == BLOCK_NONE || date_distance(d, day->block) > NEAR_BLOCKS)
			continue;
		if (!found || date_distance(d, day->block) < date_distance(d, found->block))
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
			moment = date_read_moment(meta->dates[i].text);
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

/* How many say on their own that it was published on this day: metadata, address, what people read,
 * labelled or the same as in the address.
 */
static float backing(const struct day *day)
{
	return (float)((day->said[DATE_LD] > 0) + (day->said[DATE_META] > 0) +
		       (day->said[DATE_ITEM] > 0) + (day->said[DATE_URL] > 0) +
		       (day->labels[LABEL_PUBLISHED] ||
			       (day->said[DATE_URL] > 0 && day->block != BLOCK_NONE)));
}

/* Seen far from the headline or not at all, and nothing says that it is the article's. */
static bool is_stray(const struct dater *d, const struct day *day)
{
	size_t s;

	for (s = 0; s < DATE_SOURCES; s++) {
		if (day->said[s] > 0 && s != DATE_LD_OTHER && s != DATE_TIME && s != DATE_TEXT &&
			s != DATE_TEXT_SWAPPED)
			return false;
	}
	return !day->labels[LABEL_PUBLISHED] && !day->labels[LABEL_UPDATED] &&
	       !day->labels[LABEL_REVIEWED] &&
	       (day->block == BLOCK_NONE || date_distance(d, day->block) > NEAR_BLOCKS);
}

/* The day that the address says, where nothing but it and the text does; NULL: there is none. */
static const struct day *day_of_address(const struct dater *d)
{
	size_t i;

	if (d->said[DATE_LD] + d->said[DATE_META] + d->said[DATE_ITEM] + d->said[DATE_TIME] > 0)
		return NULL;
	for (i = 0; i < d->count; i++) {
		if (d->days[i].said[DATE_URL])
			return &d->days[i];
	}
	return NULL;
}

/*
 * The likeliest day; false: there is none. A stray one is no rival to what metadata say. Where two
 * agree the model is asked only between such days: it has learned from pages that were updated for
 * years, the day of which is in doubt.
 */
static bool choose_day(const struct dater *d, const struct job *job, int64_t *day)
{
	bool is_said = d->said[DATE_LD] > 0 || d->said[DATE_META] > 0;
	const struct day *address = day_of_address(d);
	float best = -1, p, x[DATE_X_COUNT];
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (!agrees_with_entry(job, d->days[i].day) ||
			(is_said && is_stray(d, &d->days[i])) ||
			(address && &d->days[i] != address))
			continue;
		date_fill(d, &d->days[i], x);
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
	struct moment moment = date_read_moment(d->meta->rule_date);
	int64_t day = 0;

	if (moment.time_s != DATE_NONE) {
		set_published(article, &moment);
	} else if (choose_day(d, job, &day)) {
		moment = moment_of_day(d->meta, day);
		set_published(article, &moment);
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
