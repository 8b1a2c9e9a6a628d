/* Numbers about each day that a page names, from which the model chooses. */
#include "parse/metadata_dater.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_hints.h"

#include <stdlib.h>
#include <string.h>

enum {
	NEAR_BLOCKS = 14, /* from the headline */
	FAR = 60,         /* blocks; more is the same */
	YEARS = 4000,     /* days; more is the same */
	ABOVE_LEVELS = 4,
	TEASER_WORDS = 4, /* linked: the title of a story */
	WORDS_MANY = 12,  /* linked; more is the same */
};

static float limited(int64_t days)
{
	return days > YEARS ? YEARS : days < -YEARS ? -YEARS : (float)days;
}

/* Sources of publication that say the day that this one is with day and month exchanged. */
static float swap_backed(const struct dater *d, const struct day *day)
{
	float count = 0;
	int64_t swapped;
	size_t i, s;

	if (!date_swap(day->day, &swapped))
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
	return date_distance(d, day->block) < date_distance(d, than->block);
}

static void fill_place(const struct dater *d, const struct day *day, float *x)
{
	static const enum hint others[] = {HINT_NAV, HINT_RELATED, HINT_COMMENT, HINT_CARD,
		HINT_FOOTER, HINT_SIDE, HINT_FORUM};
	const struct page_blocks *blocks = d->blocks;
	size_t away = date_distance(d, day->block), i;
	uint32_t hints = block_hints(blocks, day->block, ABOVE_LEVELS);

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

void date_fill(const struct dater *d, const struct day *day, float *x)
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
			other->block != BLOCK_NONE && date_distance(d, other->block) <= NEAR_BLOCKS;
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
