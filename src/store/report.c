#include "store/report.h"

#include "core/str.h"
#include "core/terms.h"
#include "core/utf8.h"

#include <math.h>
#include <string.h>

enum {
	STEM_CHARACTERS = 5, /* of a word that tell it from others */
	SHORT_BYTES = 2,     /* words up to this length say nothing */
	COLUMN_WORDS = 2,    /* that the titles of a column begin with */
	ALIGNED_WORDS = 24,  /* of a title that are compared place by place */
	ALIGNED_MIN = 3,     /* that titles of a pattern have in common at least */
	SHARED_MIN = 3,      /* words that reports of an event have in common */
};

/*
 * The weight of what only one item in all of them has, taken so often, and this much more: with the
 * items grow the pairs of them that may agree by chance.
 */
#define RAREST_SHARE 1.6
#define CHANCE       2.0
/* Of what a title and lead say, by the rareness of the words. */
#define SHARE_MIN .25
/* Of what the shared names say: a pattern of a headline, filled with other names, is no event. So
 * much, or where there are few items, of what a word says that nobody else has. */
#define NAMES_WEIGHT 5.0
#define NAMES_SHARE  .65
/* Of two titles that are in the same order in both, when they are one pattern. */
#define PATTERN_SHARE 0.6
/* Plain words tell of one event when they are many: what counts of those above this many rare ones.
 */
#define PLAIN_FROM   2.0
#define PLAIN_WEIGHT 0.5
/* Of a pair of characters behind another one that is shared. */
#define PAIR_WEIGHT .3
/* Of the words within a text's sentences that have a capital letter, where nouns have one. */
#define NOUNS_SHARE 0.28
/* What names count for where they may be nouns. */
#define NOUN_WEIGHT 0.5

/* Of a word without its ending: "explodes", "exploded"; and of a compound its beginning. */
static uint64_t stem_hash(const struct terms *terms)
{
	size_t at = 0, size;

	for (int i = 0; i < STEM_CHARACTERS && at < terms->len; i++) {
		utf8_decode(terms->word + at, terms->len - at, &size);
		at += size;
	}
	return terms_hash(terms->word, terms->is_number ? terms->len : at);
}

static uint32_t shorten(uint64_t hash)
{
	uint32_t value = (uint32_t)(hash >> 32) + 1; /* the index is smaller */

	return value == REPORT_NO_WORD ? 1 : value;
}

static void add(struct report *report, struct report_word word, size_t most)
{
	for (size_t i = 0; i < report->count; i++) {
		struct report_word *known = &report->words[i];

		if (known->hash != word.hash)
			continue;
		known->is_name |= word.is_name;
		if (!known->before)
			known->before = word.before;
		return;
	}
	if (report->count < most)
		report->words[report->count++] = word;
}

static void add_plain(struct report *report, uint32_t hash)
{
	for (size_t i = 0; i < report->plain_count; i++)
		if (report->plain[i] == hash)
			return;
	if (report->plain_count < REPORT_PLAIN)
		report->plain[report->plain_count++] = hash;
}

/* Whether capital letters tell names apart in a title: not where most words have one. */
static bool has_names(const char *title)
{
	size_t capitals = 0, count = 0;
	struct terms terms;

	for (terms_init(&terms, title); terms_next(&terms); count++)
		capitals += terms.is_capital;
	return capitals * 3 < count * 2;
}

/* Characters of scripts without spaces count in pairs. */
static void add_title(struct report *report)
{
	bool tells_names = has_names(report->title);
	uint64_t character = 0;
	uint32_t before = 0;
	struct terms terms;

	for (terms_init(&terms, report->title); terms_next(&terms);) {
		uint64_t hash = stem_hash(&terms);
		struct report_word word = {.is_title = true, .before = before};
		size_t size;

		if (utf8_is_unspaced(utf8_decode(terms.word, terms.len, &size))) {
			if (character) {
				word.hash = shorten(terms_mix(character ^ hash));
				word.is_name = word.is_pair = true;
				add(report, word, REPORT_TITLE);
			}
			before = character ? word.hash : 0;
			character = terms_mix(hash);
			continue;
		}
		character = 0;
		before = terms.is_capital && terms.len > SHORT_BYTES ? shorten(hash) : 0;
		if (terms.len <= SHORT_BYTES)
			continue;
		word.hash = shorten(hash);
		word.is_name = tells_names && terms.is_capital && terms.start != report->title;
		add(report, word, REPORT_TITLE);
		if (!word.is_name)
			add_plain(report, word.hash);
	}
}

/* Capital letters within a sentence: names, in most languages; in German all that is a thing. */
static void add_lead(struct report *report, const char *text)
{
	size_t most = report->count + REPORT_NAMES, within = 0, capitals = 0;
	const char *end = text ? text : "";
	uint32_t before = 0;
	struct terms terms;

	for (terms_init(&terms, text); terms_next(&terms) && terms.start - text < REPORT_LEAD;) {
		bool begins = terms.start == text;
		struct report_word word = {.is_name = true};
		size_t size;

		for (const char *s = end; s < terms.start; s++)
			begins = begins || strchr(".!?:\n", *s);
		end = terms.at;
		within += !begins;
		capitals += !begins && terms.is_capital;
		if (terms.len <= SHORT_BYTES ||
			utf8_is_unspaced(utf8_decode(terms.word, terms.len, &size))) {
			before = 0;
			continue;
		}
		word.hash = shorten(stem_hash(&terms));
		word.before = before;
		before = terms.is_capital ? word.hash : 0;
		if (terms.is_capital && !begins)
			add(report, word, most);
		else
			add_plain(report, word.hash);
	}
	report->has_nouns = (double)capitals > NOUNS_SHARE * (double)within;
}

void report_init(struct report *report, int64_t feed_id, const char *title, const char *text)
{
	memset(report, 0, sizeof(*report));
	report->title = title ? title : "";
	report->feed_id = feed_id;
	add_title(report);
	add_lead(report, text);
}

const struct report_word *report_find(const struct report *report, uint32_t hash)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->words[i].hash == hash)
			return &report->words[i];
	return NULL;
}

/* The name before it is shared, too: both are one. */
static bool is_continued(const struct report *a, const struct report *b,
	const struct report_word *x, const struct report_word *y)
{
	return (x->before && x->before != x->hash && report_find(a, x->before) &&
		       report_find(b, x->before)) ||
	       (y->before && y->before != x->hash && report_find(a, y->before) &&
		       report_find(b, y->before));
}

/* What two reports share, in the weights of the first. */
struct shared {
	double weight; /* a name of several words counts once, by its rarest */
	double names;  /* of that, names */
	int words, name_words;
	bool has_title_name; /* one of the names stands in a title */
};

static void compare(const struct report *a, const struct report *b, struct shared *shared)
{
	double of_name = a->has_nouns && b->has_nouns ? NOUN_WEIGHT : 1;

	memset(shared, 0, sizeof(*shared));
	for (size_t i = 0; i < a->count; i++) {
		const struct report_word *x = &a->words[i], *y = report_find(b, x->hash);
		double weight = x->weight;
		bool is_name;

		if (!y)
			continue;
		is_name = x->is_name || y->is_name;
		shared->words++;
		shared->name_words += is_name;
		shared->has_title_name |= is_name && (x->is_title || y->is_title);
		if (is_name)
			weight *= !is_continued(a, b, x, y) ? of_name
				  : x->is_pair              ? PAIR_WEIGHT
							    : 0;
		shared->weight += weight;
		shared->names += is_name ? weight : 0;
	}
}

/* Whether the words of a title say enough by themselves where nobody writes capital letters. */
static bool names_any(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->words[i].is_name)
			return true;
	return false;
}

static double weight_of(const struct report *report)
{
	double all = 0;

	for (size_t i = 0; i < report->count; i++)
		all += report->words[i].weight;
	return all;
}

double report_least(double items)
{
	return RAREST_SHARE * log(items) + CHANCE;
}

double report_likeness(const struct report *a, const struct report *b, double items,
	const struct report_plain *plain)
{
	double rarest = log(items), least = report_least(items), names = 0;
	double all = weight_of(a), other = weight_of(b);
	struct shared shared;

	compare(a, b, &shared);
	if (plain) {
		shared.weight += PLAIN_WEIGHT * fmax(0, plain->weight - PLAIN_FROM * rarest);
		shared.words += shared.name_words > 1 ? plain->words : 0;
	}
	least = fmax(least, SHARE_MIN * (other > 0 ? fmin(all, other) : all));
	if (names_any(a) || names_any(b))
		names = fmin(NAMES_WEIGHT, NAMES_SHARE * rarest);
	/* One name alone is where it happened, or who has always something to say. */
	if (shared.weight < least || shared.names < names ||
		shared.words < SHARED_MIN + (names > 0 && shared.name_words < 2) ||
		shared.words < SHARE_MIN * fmin(a->count, b->count) ||
		(names > 0 && !shared.has_title_name) || report_is_pattern(a, b))
		return 0;
	return shared.weight;
}

/* "Morning news, 12 May" after "Morning news, 11 May" of the same feed is no story. */
static bool is_series(const char *a, const char *b)
{
	struct terms x, y;

	terms_init(&x, a);
	terms_init(&y, b);
	for (;;) {
		bool has_x, has_y;

		do
			has_x = terms_next(&x);
		while (has_x && x.is_number);
		do
			has_y = terms_next(&y);
		while (has_y && y.is_number);
		if (!has_x || !has_y)
			return has_x == has_y;
		if (!str_eq(x.word, y.word))
			return false;
	}
}

/* Columns of one feed begin with the same words, which are not names: "Letters: on bees". */
static bool is_column(const char *a, const char *b)
{
	struct terms x, y;
	bool has_two = true;

	terms_init(&x, a);
	terms_init(&y, b);
	for (int i = 0; i < COLUMN_WORDS; i++)
		has_two = has_two && terms_next(&x) && terms_next(&y) && str_eq(x.word, y.word) &&
			  (i == 0 || !x.is_capital || !has_names(a));
	return has_two;
}

/* The words before a colon are the same, and several: "The weather in Graz: rain". */
static bool has_same_heading(const char *a, const char *b)
{
	const char *colon = strchr(a, ':');
	size_t len = colon ? (size_t)(colon - a) + 1 : 0;

	return len && strncmp(a, b, len) == 0 && memchr(a, ' ', len) && !str_eq(a, b);
}

struct aligned {
	uint64_t words[ALIGNED_WORDS];
	uint64_t fillings[ALIGNED_WORDS]; /* numbers, and what may be a name */
	size_t word_count, filling_count;
};

static void read_aligned(const char *title, struct aligned *aligned)
{
	struct terms terms;

	aligned->word_count = aligned->filling_count = 0;
	for (terms_init(&terms, title); aligned->word_count < ALIGNED_WORDS &&
					aligned->filling_count < ALIGNED_WORDS &&
					terms_next(&terms);) {
		uint64_t hash = stem_hash(&terms);
		size_t size;

		if (terms.is_number || terms.is_capital ||
			utf8_is_unspaced(utf8_decode(terms.word, terms.len, &size)))
			aligned->fillings[aligned->filling_count++] = hash;
		if (!terms.is_number)
			aligned->words[aligned->word_count++] = hash;
	}
}

static bool has_filling_of_its_own(const struct aligned *a, const struct aligned *b)
{
	for (size_t i = 0; i < a->filling_count; i++) {
		bool is_own = true;

		for (size_t j = 0; j < b->filling_count; j++)
			is_own = is_own && a->fillings[i] != b->fillings[j];
		if (is_own)
			return true;
	}
	return false;
}

/* The longest run of words that stand in both in the same order, others between them or not. */
static size_t common_words(const uint64_t *x, size_t x_count, const uint64_t *y, size_t y_count)
{
	size_t best[ALIGNED_WORDS + 1] = {0};

	for (size_t i = 0; i < x_count; i++) {
		size_t corner = 0;

		for (size_t j = 0; j < y_count; j++) {
			size_t above = best[j + 1];

			if (x[i] == y[j])
				best[j + 1] = corner + 1;
			else if (best[j] > best[j + 1])
				best[j + 1] = best[j];
			corner = above;
		}
	}
	return best[y_count];
}

/* "Fire in Kisumu warehouse under control", "Fire in Gdynia warehouse under control". */
static bool is_filled_in(const char *a, const char *b)
{
	struct aligned x, y;
	size_t same;

	read_aligned(a, &x);
	read_aligned(b, &y);
	same = common_words(x.words, x.word_count, y.words, y.word_count);
	return same >= ALIGNED_MIN &&
	       (double)same >= PATTERN_SHARE * fmax((double)x.word_count, (double)y.word_count) &&
	       has_filling_of_its_own(&x, &y) && has_filling_of_its_own(&y, &x);
}

bool report_is_pattern(const struct report *a, const struct report *b)
{
	if (a->feed_id == b->feed_id &&
		(is_series(a->title, b->title) || is_column(a->title, b->title)))
		return true;
	if (terms_equal(a->title, b->title))
		return false;
	return has_same_heading(a->title, b->title) || is_filled_in(a->title, b->title);
}
