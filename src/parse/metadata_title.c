#include "parse/metadata_title.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/metadata_table.h"
#include "parse/metadata_titler.h"

#include <string.h>

size_t title_candidates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena, struct title_candidate *candidates)
{
	struct titler *t = arena_calloc(arena, 1, sizeof(*t));
	size_t i;

	t->arena = t->site.arena = arena;
	t->meta = meta;
	t->blocks = blocks;
	titles_gather(t, job);
	for (i = 0; i < t->count; i++) {
		candidates[i].text = t->titles[i].text;
		title_fill(t, &t->titles[i], candidates[i].x);
	}
	return t->count;
}

static float weigh(const float *x)
{
	float sum = 0;
	size_t i;

	for (i = 0; i < TITLE_FEATURES; i++)
		sum += title_weights[i] * x[i];
	return sum;
}

const char *metadata_page_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	struct title_candidate candidates[TITLES_MAX];
	size_t count = title_candidates(meta, job, blocks, arena, candidates), i;
	const char *title = NULL;
	float best = 0, value;

	for (i = 0; i < count; i++) {
		value = weigh(candidates[i].x);
		if (!title || value > best) {
			best = value;
			title = candidates[i].text;
		}
	}
	return title;
}

/* What programs write where an entry has no title. */
static bool is_no_title(const char *title)
{
	static const char *const words[] = {"untitled", "(untitled)", "no title", "(no title)",
		"[no title]", "ohne titel", "(ohne titel)", "sans titre", "(sans titre)"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieq(title, words[i]))
			return true;
	}
	return url_is_web(title) && !strchr(title, ' ');
}

/* Where a headline goes on as a title does: "Coast: Minister says that", of which a feed leaves out
 * the first part. NULL: nowhere. */
static const char *find_begin(struct arena *arena, const char *headline, const char *begin)
{
	const char *s;

	for (s = headline; (s = strchr(s, ' ')) != NULL; s++) {
		if (str_starts(title_fold(arena, s), begin))
			return s + strspn(s, " ");
	}
	return NULL;
}

/* The headline that a title was cut from; NULL: none begins as it does. */
static const char *whole_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, const char *title, struct arena *arena)
{
	const char *begin = title_fold(arena, arena_strndup(arena, title, title_cut_length(title)));
	const char *best = metadata_page_title(meta, job, blocks, arena), *found;
	size_t i;

	if (title_count_words(begin) < 3)
		return NULL;
	if (best && str_starts(title_fold(arena, best), begin))
		return best;
	found = best ? find_begin(arena, best, begin) : NULL;
	if (found)
		return found;
	for (i = 0; i < meta->title_count; i++) {
		if (meta->titles[i].source == TITLE_H1 &&
			str_starts(title_fold(arena, meta->titles[i].text), begin))
			return meta->titles[i].text;
	}
	return NULL;
}

/* The feed's title is right; the page may write it better, or whole. NULL: the feed has none. */
static const char *title_of_entry(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = metadata_clean(arena, job->entry_title), *folded, *whole = NULL;
	size_t i;

	if (!title || is_no_title(title))
		return NULL;
	folded = title_fold(arena, title);
	for (i = 0; i < meta->title_count; i++) {
		if (meta->titles[i].source == TITLE_H1 &&
			str_eq(title_fold(arena, meta->titles[i].text), folded) &&
			!(strstr(title, ": ") && !strchr(meta->titles[i].text, ':')))
			return meta->titles[i].text; /* not two boxes of a heading run together */
	}
	if (title_cut_length(title) > 0)
		whole = whole_title(meta, job, blocks, title, arena);
	return whole ? whole : title;
}

const char *metadata_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = NULL;

	if (job->entry_title)
		title = title_of_entry(meta, job, blocks, arena);
	return title ? title : metadata_page_title(meta, job, blocks, arena);
}
