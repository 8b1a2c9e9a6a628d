#include "store/stories.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/utf8.h"
#include "store/sql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	PERIOD_S = 3 * 24 * 3600,
	PERIODS = 2,         /* that are asked, the one that goes on counted */
	TITLE_WORDS = 12,    /* of a title */
	NAMES = 6,           /* of a lead */
	LEAD_BYTES = 800,    /* of the text, where its names are */
	STEM_CHARACTERS = 5, /* of a word that tell it from others */
	COLUMN_WORDS = 2,    /* that the titles of a column begin with */
	SHORT_BYTES = 2,     /* words up to this length say nothing */
	WORD_ITEMS = 24,     /* newest items of a word and period that are looked at */
	TRIED = 3,           /* best candidates that are looked at closely */
	ITEMS_FEW = 50,      /* as if there were so many more: of few, nothing is rare */
	SHARED_MIN = 3,      /* words that items of a story have in common */
	EXPIRE_ROWS = 4000,
};

/* A chance agreement as rare as this, among all items of these days, is none. */
#define CHANCE 4.0
/* Of what a title and lead say, by the rareness of the words. */
#define SHARE_MIN 0.25
/* Of what the shared names say: a pattern of a headline, filled with other names, is no event. So
 * much, or where there are few items, of what a word says that nobody else has. */
#define NAMES_WEIGHT 5.0
#define NAMES_SHARE  0.65

struct word {
	int64_t hash;  /* never 0 */
	double weight; /* -ln of the share of items that have it */
	bool is_name;
	bool is_title; /* in the title */
};

struct words {
	struct word list[TITLE_WORDS + NAMES];
	size_t count;
};

/* That an item of the last days has a word. */
struct hit {
	int64_t item_id;
	double weight;
	int words; /* that the item has in all */
	bool is_name, is_title;
};

struct candidate {
	int64_t item_id;
	double weight, names; /* of the shared words, and of those among them that are names */
	int shared, shared_names, words;
	bool has_title_name; /* one of these names stands in the title of the new item */
};

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

static void add(struct words *words, uint64_t hash, size_t most, bool is_name, bool is_title)
{
	int64_t value = (int64_t)(hash >> 32) + 1; /* short: the index is smaller */

	for (size_t i = 0; i < words->count; i++)
		if (words->list[i].hash == value) {
			words->list[i].is_name = words->list[i].is_name || is_name;
			return;
		}
	if (words->count < most)
		words->list[words->count++] =
			(struct word){.hash = value, .is_name = is_name, .is_title = is_title};
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
static void add_title(struct words *words, const char *title)
{
	bool tells_names = has_names(title);
	uint64_t before = 0;
	struct terms terms;

	for (terms_init(&terms, title); terms_next(&terms);) {
		uint64_t hash = stem_hash(&terms);
		size_t size;

		if (utf8_is_unspaced(utf8_decode(terms.word, terms.len, &size))) {
			if (before)
				add(words, terms_mix(before ^ hash), TITLE_WORDS, true, true);
			before = terms_mix(hash);
			continue;
		}
		before = 0;
		if (terms.len > SHORT_BYTES)
			add(words, hash, TITLE_WORDS,
				tells_names && terms.is_capital && terms.start != title, true);
	}
}

/* Capital letters within a sentence: names, in most languages; in German all that is a thing. */
static void add_names(struct words *words, const char *text)
{
	size_t most = words->count + NAMES;
	const char *before = text ? text : "";
	struct terms terms;

	for (terms_init(&terms, text); terms_next(&terms) && terms.start - text < LEAD_BYTES;) {
		bool begins = terms.start == text;

		for (const char *s = before; s < terms.start; s++)
			begins = begins || strchr(".!?:\n", *s);
		before = terms.at;
		if (terms.is_capital && !begins && terms.len > SHORT_BYTES)
			add(words, stem_hash(&terms), most, true, false);
	}
}

/* The items of a word. p: the share of all items that have it, by the newest where it has many. */
static enum status look_up(struct store *store, struct word *word, const struct item_row *row,
	int64_t period, int64_t items, struct hit *hits, size_t *count)
{
	size_t from = *count;
	double share = 0;
	enum status status = STATUS_OK;
	sqlite3_stmt *s;

	for (int64_t p = period; p > period - PERIODS && share == 0; p--) {
		int64_t first = 0;
		size_t here = 0;

		status = sql_open(store,
			"SELECT item_id, words FROM story_word WHERE period = ?1 AND word = ?2 "
			"ORDER BY item_id DESC LIMIT ?3",
			&s, "iii", p, word->hash, (int64_t)WORD_ITEMS);
		while (sql_next(store, s, &status)) {
			first = sqlite3_column_int64(s, 0);
			hits[(*count)++] = (struct hit){
				first, 0, sqlite3_column_int(s, 1), word->is_name, word->is_title};
			here++;
		}
		if (status != STATUS_OK)
			return status;
		if (here == WORD_ITEMS && row->id > first)
			share = (double)(*count - from) / (double)(row->id - first);
	}
	if (share == 0)
		share = (double)(*count - from + 1) / (double)items;
	word->weight = share < 1 ? -log(share) : 0;
	for (size_t i = from; i < *count; i++)
		hits[i].weight = word->weight;
	return status;
}

static int by_item(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

static int by_weight_down(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->item_id > y->item_id ? -1 : 1;
}

/* Hits of the same item become one candidate, the best first. */
static size_t join(struct hit *hits, size_t count, struct candidate *candidates)
{
	size_t n = 0;

	qsort(hits, count, sizeof(*hits), by_item);
	for (size_t i = 0; i < count; i++) {
		if (n == 0 || candidates[n - 1].item_id != hits[i].item_id)
			candidates[n++] = (struct candidate){.item_id = hits[i].item_id};
		candidates[n - 1].weight += hits[i].weight;
		candidates[n - 1].names += hits[i].is_name ? hits[i].weight : 0;
		candidates[n - 1].shared_names += hits[i].is_name;
		candidates[n - 1].words = hits[i].words;
		candidates[n - 1].has_title_name |= hits[i].is_name && hits[i].is_title;
		candidates[n - 1].shared++;
	}
	qsort(candidates, n, sizeof(*candidates), by_weight_down);
	return n;
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

/* Whether one of the words stands in a title, and is a name in either. */
static bool names_one(const char *title, const struct words *words)
{
	bool tells_names = has_names(title);
	struct terms terms;

	for (terms_init(&terms, title); terms_next(&terms);) {
		int64_t hash = (int64_t)(stem_hash(&terms) >> 32) + 1;

		for (size_t i = 0; i < words->count; i++)
			if (words->list[i].hash == hash &&
				(words->list[i].is_name ||
					(tells_names && terms.is_capital && terms.start != title)))
				return true;
	}
	return false;
}

/* named: the words that one has to be a name of in the other's title; NULL: no matter. */
static enum status fits(struct store *store, const struct item_row *row, int64_t id,
	const struct words *named, bool *fit)
{
	sqlite3_stmt *s;
	enum status status =
		sql_row(store, "SELECT feed_id, title, state FROM item WHERE id = ?1", &s, "i", id);

	*fit = false;
	if (s) {
		const char *title = sql_text(s, 1);

		*fit = str_eq(sql_text(s, 2), "ready") &&
		       (sqlite3_column_int64(s, 0) != row->feed_id ||
			       !(is_series(title, row->title) || is_column(title, row->title))) &&
		       (!named || names_one(title, named));
		sqlite3_reset(s);
	}
	return status;
}

/* What two reports of one event have in common at least. */
struct measure {
	double weight; /* of the words */
	double names;  /* of the names among them; 0: there are scripts without capital letters */
};

static struct measure measure_of(const struct words *words, int64_t items)
{
	double all = 0, rarest = log((double)items);
	struct measure least = {.weight = rarest + CHANCE};

	for (size_t i = 0; i < words->count; i++) {
		all += words->list[i].weight;
		if (words->list[i].is_name)
			least.names = fmin(NAMES_WEIGHT, NAMES_SHARE * rarest);
	}
	least.weight = fmax(least.weight, all * SHARE_MIN);
	return least;
}

/* One name alone is where it happened, or who has always something to say. */
static bool is_enough(const struct candidate *c, const struct measure *least)
{
	int shared = SHARED_MIN + (least->names > 0 && c->shared_names < 2);

	return c->weight >= least->weight && c->names >= least->names && c->shared >= shared &&
	       c->shared >= c->words * SHARE_MIN;
}

/* The item whose story this is, among those that have its words. */
static enum status choose(struct store *store, const struct item_row *row,
	const struct words *words, const struct candidate *candidates, size_t count, int64_t items,
	int64_t *id)
{
	struct measure least = measure_of(words, items);
	enum status status = STATUS_OK;
	bool fit = false;

	for (size_t i = 0; i < count && i < TRIED && status == STATUS_OK && !fit; i++) {
		const struct candidate *c = &candidates[i];

		if (!is_enough(c, &least))
			continue;
		status = fits(store, row, c->item_id,
			least.names > 0 && !c->has_title_name ? words : NULL, &fit);
		if (fit)
			*id = c->item_id;
	}
	return status;
}

static enum status put_words(
	struct store *store, const struct words *words, int64_t id, int64_t period)
{
	/* the first item of a period, to know how many there are */
	enum status status = sql_run(store,
		"INSERT INTO story_word (period, word, item_id, words) SELECT ?1, 0, ?2, 0 "
		"WHERE NOT EXISTS (SELECT 1 FROM story_word WHERE period = ?1 AND word = 0)",
		"ii", period, id);

	for (size_t i = 0; i < words->count && status == STATUS_OK; i++)
		status = sql_run(store,
			"INSERT OR IGNORE INTO story_word (period, word, item_id, words) "
			"VALUES (?1, ?2, ?3, ?4)",
			"iiii", period, words->list[i].hash, id, (int64_t)words->count);
	return status;
}

/* A story has the number of its first item. */
static enum status enter(struct store *store, int64_t id, int64_t of)
{
	int64_t story;
	enum status status = sql_int(store,
		"UPDATE item SET story_id = coalesce(story_id, id) WHERE id = ?1 "
		"RETURNING story_id",
		&story, "i", of);

	if (status != STATUS_OK || !story)
		return status;
	return sql_run(store, "UPDATE item SET story_id = ?2 WHERE id = ?1", "ii", id, story);
}

enum status story_find(struct store *store, const struct item_row *row,
	const struct item_text *text, int64_t related, int64_t at)
{
	struct hit hits[(TITLE_WORDS + NAMES) * PERIODS * WORD_ITEMS];
	struct candidate candidates[(TITLE_WORDS + NAMES) * PERIODS * WORD_ITEMS];
	struct words words = {.count = 0};
	int64_t period = at / PERIOD_S, first = 0, items, id = 0;
	size_t count = 0;
	enum status status = sql_int(store,
		"SELECT item_id FROM story_word WHERE word = 0 "
		"AND period IN (?1, ?1 - 1) ORDER BY period LIMIT 1",
		&first, "i", period);

	items = ITEMS_FEW + (first && first < row->id ? row->id - first : 0);
	add_title(&words, row->title);
	add_names(&words, text->text);
	for (size_t i = 0; i < words.count && status == STATUS_OK; i++)
		status = look_up(store, &words.list[i], row, period, items, hits, &count);
	if (status == STATUS_OK && count) {
		count = join(hits, count, candidates);
		status = choose(store, row, &words, candidates, count, items, &id);
	}
	if (status == STATUS_OK && !id && related) {
		bool fit;

		status = fits(store, row, related, NULL, &fit);
		id = fit ? related : 0;
	}
	if (status == STATUS_OK && id)
		status = enter(store, row->id, id);
	return status == STATUS_OK ? put_words(store, &words, row->id, period) : status;
}

enum status stories_expire(struct store *store, int64_t now, int64_t *dropped)
{
	enum status status = sql_run(store,
		"DELETE FROM story_word WHERE (period, word, item_id) IN "
		"(SELECT period, word, item_id FROM story_word WHERE period <= ?1 LIMIT ?2)",
		"ii", now / PERIOD_S - PERIODS, (int64_t)EXPIRE_ROWS);

	*dropped = sqlite3_changes64(store_db(store));
	return status;
}
