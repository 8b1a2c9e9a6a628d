#include "edition/choose.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "edition/kin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	TITLE_WORDS = 40, /* of a title that are compared */
	SHARED_WORDS = 3, /* that two titles of one story have in common at least */
	SAME_TEXT = 3,    /* bits of the simhash by which copies of one text differ */
	LIKE_TEXT = 10,   /* bits when the titles are alike too */
	TEXT_WORDS = 50,  /* of texts that are compared: "Comments" stands under everything */
	LEAD_WORDS = 150, /* a story that leads is longer than this */
	LEAD_FROM = 8,    /* and among that many of the most important */
	FULL_WORDS = 900, /* more does not make a story more important */
};

static const double SAME_TITLE = 0.6;  /* share of words that titles of one story share */
static const double LIKE_TITLE = 0.34; /* when the texts are alike too */
/*
 * When the store takes both for reports of one event. Folding leaves one text and a link to the
 * other, so it wants a second sign.
 */
static const double STORY_TITLE = 0.2;
static const double NEXT_OF_FEED = 0.93; /* a feed's second, third ... story weighs that less */
static const double LEAST_OF_FEED = 0.5;

struct title {
	uint32_t words[TITLE_WORDS]; /* hashes, ascending, each once */
	size_t count;
	uint32_t numbers;   /* hash of the numbers in it */
	uint64_t signature; /* a bit a word: two that share no bit share no word */
};

struct story {
	size_t leader; /* index of the candidate that is printed */
	size_t size;
	size_t sources;
	double importance;
};

static uint32_t hash_bytes(const char *s, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	while (len-- > 0)
		hash = (hash ^ (uint32_t)(unsigned char)str_lower_char(*s++)) * 16777619u;
	return hash;
}

static bool is_stop_word(const char *word, size_t len)
{
	static const char *const words[] = {"about", "after", "and", "are", "but", "das", "der",
		"des", "die", "for", "from", "has", "have", "her", "his", "how", "into", "its",
		"les", "new", "not", "over", "pour", "que", "says", "that", "the", "this", "und",
		"una", "was", "what", "when", "who", "why", "will", "with", "you", "your"};
	size_t i;

	if (len < 3)
		return true;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (strlen(words[i]) == len && strncasecmp(words[i], word, len) == 0)
			return true;
	}
	return false;
}

/* Punctuation and spaces beyond ASCII: what separates words there. */
static bool is_separator(unsigned c)
{
	if (c < 0x80)
		return !str_is_alpha((char)c) && !str_is_digit((char)c);
	return (c >= 0xA0 && c <= 0xBF) || (c >= 0x2000 && c <= 0x206F) ||
	       (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF0F) || c == UTF8_BAD;
}

static void add_word(struct title *title, const char *word, size_t len, bool is_unspaced)
{
	uint32_t hash = hash_bytes(word, len);

	if (str_is_digit(*word))
		title->numbers += hash | 1;
	else if (!is_unspaced && is_stop_word(word, len))
		return;
	if (title->count == TITLE_WORDS)
		return;
	title->words[title->count++] = hash;
	title->signature |= UINT64_C(1) << (hash >> 26);
}

static int compare_words(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Words of the title; in scripts without spaces, pairs of characters. */
static void read_title(const char *text, struct title *title)
{
	const char *p = text, *end = text + strlen(text), *word = NULL, *before = NULL;
	size_t i, kept = 0, size;

	memset(title, 0, sizeof(*title));
	for (; p < end; p += size) {
		unsigned c = utf8_decode(p, (size_t)(end - p), &size);
		bool is_unspaced = utf8_is_unspaced(c);

		if (word && (is_unspaced || is_separator(c))) {
			add_word(title, word, (size_t)(p - word), false);
			word = NULL;
		}
		if (is_unspaced && before)
			add_word(title, before, (size_t)(p + size - before), true);
		before = is_unspaced ? p : NULL;
		if (!word && !is_unspaced && !is_separator(c))
			word = p;
	}
	if (word)
		add_word(title, word, (size_t)(end - word), false);
	qsort(title->words, title->count, sizeof(title->words[0]), compare_words);
	for (i = 0; i < title->count; i++) {
		if (kept == 0 || title->words[kept - 1] != title->words[i])
			title->words[kept++] = title->words[i];
	}
	title->count = kept;
}

/* Jaccard: shared words of all words. 0 where too few are shared to say anything. */
static double title_likeness(const struct title *a, const struct title *b)
{
	size_t i = 0, j = 0, shared = 0;

	/* Series tell their parts apart by a number: "Day 1355", "Day 1356". */
	if (a->numbers != b->numbers || !(a->signature & b->signature))
		return 0;
	while (i < a->count && j < b->count) {
		if (a->words[i] == b->words[j]) {
			shared++;
			i++;
			j++;
		} else if (a->words[i] < b->words[j]) {
			i++;
		} else {
			j++;
		}
	}
	return shared < SHARED_WORDS ? 0 : (double)shared / (double)(a->count + b->count - shared);
}

static int text_distance(const struct candidate *a, const struct candidate *b)
{
	if (a->simhash == 0 || b->simhash == 0 || a->words < TEXT_WORDS || b->words < TEXT_WORDS)
		return 64;
	return __builtin_popcountll(a->simhash ^ b->simhash);
}

static bool is_same_story(const struct candidate *a, const struct title *title_a,
	const struct candidate *b, const struct title *title_b)
{
	int distance = text_distance(a, b);
	double likeness;

	if (distance <= SAME_TEXT)
		return true;
	/* One publisher's titles that are alike are a series, or two articles on purpose. */
	if (a->feed_id == b->feed_id)
		return false;
	likeness = title_likeness(title_a, title_b);
	if (a->story_id && a->story_id == b->story_id && likeness >= STORY_TITLE)
		return true;
	return likeness >= SAME_TITLE || (likeness >= LIKE_TITLE && distance <= LIKE_TEXT);
}

/* What an item is worth by itself, in steps of a tenth: within a step the time decides. */
static double item_worth(const struct candidate *c)
{
	double words = c->words < FULL_WORDS ? c->words : FULL_WORDS;
	double worth = 1 + 0.3 * c->quality + 0.4 * words / FULL_WORDS + (c->has_image ? 0.1 : 0);

	return floor(10 * c->weight * worth + 0.5) / 10;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order;

	if (x->is_earlier != y->is_earlier)
		return x->is_earlier ? 1 : -1;
	if (x->importance != y->importance)
		return x->importance > y->importance ? -1 : 1;
	if (x->printed_at != y->printed_at)
		return x->printed_at > y->printed_at ? -1 : 1;
	/* Which feed was read first is chance, and so is what came first of one moment. */
	if (x->feed_id != y->feed_id)
		return x->feed_id < y->feed_id ? -1 : 1;
	if (x->is_dated != y->is_dated)
		return x->is_dated ? -1 : 1;
	order = x->is_dated && x->url && y->url ? strcmp(x->url, y->url) : 0;
	if (order)
		return order;
	/* without dates, a feed's own order */
	return x->id < y->id ? -1 : x->id > y->id;
}

/* What makes stories of candidates, with what has been found so far. */
struct clusters {
	struct candidate *candidates; /* in order of worth */
	const struct title *titles;
	struct story *stories;
	size_t story_count;
	struct kin *by_word, *by_text;
	size_t *compared; /* by story: the candidate that it was compared with last */
};

/*
 * Two texts that differ in SAME_TEXT bits have at least one of SAME_TEXT + 1 parts in common, two
 * titles that share SHARED_WORDS one of all but the most frequent SHARED_WORDS - 1.
 */
static void index_candidates(struct clusters *c, size_t count)
{
	const int bits = 64 / (SAME_TEXT + 1);
	size_t i, k;

	for (i = 0; i < count; i++) {
		uint64_t simhash = c->candidates[i].simhash;

		for (k = 0; k < c->titles[i].count; k++)
			kin_add(c->by_word, i, c->titles[i].words[k]);
		for (k = 0; simhash && k <= SAME_TEXT; k++)
			kin_add(c->by_text, i, (uint64_t)k << 32 | (simhash >> k * bits & 0xFFFF));
	}
	kin_sort(c->by_word);
	kin_sort(c->by_text);
}

/* The first story among those of a group that a candidate belongs to, if it comes before best. */
static size_t look_through(struct clusters *c, const struct kin_group *group, size_t i, size_t best)
{
	size_t k;

	for (k = 0; k < group->count && group->members[k] < i; k++) {
		size_t j = group->members[k], s = (size_t)c->candidates[j].story;

		if (c->stories[s].leader != j || c->compared[s] == i + 1)
			continue;
		if (s >= best)
			break; /* leaders stand in the order of their stories */
		c->compared[s] = i + 1;
		if (is_same_story(
			    &c->candidates[j], &c->titles[j], &c->candidates[i], &c->titles[i]))
			return s;
	}
	return best;
}

/* The first story that a candidate belongs to; story_count: none. */
static size_t find_story(struct clusters *c, size_t i)
{
	const struct kin_group *groups;
	size_t k, count = kin_groups(c->by_text, i, &groups), best = c->story_count;

	for (k = 0; k < count; k++)
		best = look_through(c, &groups[k], i, best);
	count = kin_groups(c->by_word, i, &groups);
	for (k = 0; k + SHARED_WORDS <= count; k++)
		best = look_through(c, &groups[k], i, best);
	return best;
}

/* candidates are in order of worth: the first of a story is the one that is printed. */
static size_t make_stories(struct candidate *candidates, const struct title *titles, size_t count,
	struct story *stories)
{
	struct clusters c = {
		.candidates = candidates,
		.titles = titles,
		.stories = stories,
		.by_word = kin_new(count),
		.by_text = kin_new(count),
		.compared = xcalloc(count + 1, sizeof(*c.compared)),
	};
	size_t i, s;

	index_candidates(&c, count);
	for (i = 0; i < count; i++) {
		s = find_story(&c, i);
		if (s == c.story_count)
			stories[c.story_count++] = (struct story){.leader = i};
		stories[s].size++;
		candidates[i].story = (int)s;
	}
	kin_free(c.by_word);
	kin_free(c.by_text);
	free(c.compared);
	return c.story_count;
}

/* Something of a feed: a member of a story, or a story in its rank. */
struct of_feed {
	int64_t feed_id;
	size_t number;
};

static int compare_of_feed(const void *a, const void *b)
{
	const struct of_feed *x = a, *y = b;

	if (x->feed_id != y->feed_id)
		return x->feed_id < y->feed_id ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void count_sources(
	const struct candidate *candidates, size_t count, struct story *stories, size_t story_count)
{
	struct of_feed *members = xreallocarray(NULL, count + 1, sizeof(*members));
	size_t i;

	for (i = 0; i < count; i++)
		members[i] = (struct of_feed){candidates[i].feed_id, (size_t)candidates[i].story};
	qsort(members, count, sizeof(*members), compare_of_feed);
	for (i = 0; i < count; i++) {
		if (i == 0 || compare_of_feed(&members[i - 1], &members[i]) != 0)
			stories[members[i].number].sources++;
	}
	for (i = 0; i < story_count; i++)
		stories[i].importance = candidates[stories[i].leader].importance *
					(1 + 0.6 * log2((double)stories[i].sources));
	free(members);
}

struct rank {
	struct candidate key; /* of the leader, with the story's importance */
	int story;            /* as numbered by make_stories */
};

/* One feed must not fill the page: each further story of it weighs less. */
static void spread_feeds(struct rank *ranks, size_t count)
{
	struct of_feed *order = xreallocarray(NULL, count + 1, sizeof(*order));
	double factor = 1;
	size_t i;

	qsort(ranks, count, sizeof(*ranks), compare_candidates);
	for (i = 0; i < count; i++)
		order[i] = (struct of_feed){ranks[i].key.feed_id, i};
	qsort(order, count, sizeof(*order), compare_of_feed);
	for (i = 0; i < count; i++) {
		if (i == 0 || order[i].feed_id != order[i - 1].feed_id)
			factor = 1;
		ranks[order[i].number].key.importance *=
			factor > LEAST_OF_FEED ? factor : LEAST_OF_FEED;
		factor *= NEXT_OF_FEED;
	}
	free(order);
	qsort(ranks, count, sizeof(*ranks), compare_candidates);
}

/* A page is led by something to read, not by a line of news. */
static void choose_lead(struct rank *ranks, size_t count)
{
	struct rank lead;
	size_t i;

	for (i = 0; i < count && i < LEAD_FROM && !ranks[i].key.is_earlier; i++) {
		if (ranks[i].key.words < LEAD_WORDS)
			continue;
		lead = ranks[i];
		memmove(&ranks[1], &ranks[0], i * sizeof(*ranks));
		ranks[0] = lead;
		return;
	}
}

static int compare_positions(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->story != y->story)
		return x->story < y->story ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

void choose_order(struct candidate *candidates, size_t count)
{
	struct title *titles = xreallocarray(NULL, count + 1, sizeof(*titles));
	struct story *stories = xreallocarray(NULL, count + 1, sizeof(*stories));
	struct rank *ranks = xreallocarray(NULL, count + 1, sizeof(*ranks));
	int *places = xreallocarray(NULL, count + 1, sizeof(*places));
	size_t i, story_count;

	for (i = 0; i < count; i++)
		candidates[i].importance = item_worth(&candidates[i]);
	qsort(candidates, count, sizeof(*candidates), compare_candidates);
	for (i = 0; i < count; i++)
		read_title(candidates[i].title, &titles[i]);
	story_count = make_stories(candidates, titles, count, stories);
	count_sources(candidates, count, stories, story_count);
	for (i = 0; i < story_count; i++) {
		ranks[i].key = candidates[stories[i].leader];
		ranks[i].key.importance = stories[i].importance;
		ranks[i].story = (int)i;
	}
	spread_feeds(ranks, story_count);
	choose_lead(ranks, story_count);
	for (i = 0; i < story_count; i++)
		places[ranks[i].story] = (int)i;
	for (i = 0; i < count; i++) {
		int place = places[candidates[i].story];

		candidates[i].story = place;
		candidates[i].importance = ranks[place].key.importance;
		candidates[i].position = (int)i; /* by worth, until the stories are in order */
	}
	qsort(candidates, count, sizeof(*candidates), compare_positions);
	for (i = 0; i < count; i++)
		candidates[i].position = (int)i;
	free(titles);
	free(stories);
	free(ranks);
	free(places);
}
