#include "parse/metadata_title.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/metadata_table.h"
#include "parse/metadata_titler.h"

#include <string.h>

enum { CUT_WORDS_MIN = 5 }; /* of a title that may have been cut amid a word */

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

static bool names_source(const struct metadata *meta, const char *name)
{
	const struct value_list *lists[] = {&meta->ld.authors, &meta->head.authors};
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(lists); i++) {
		for (k = 0; k < lists[i]->count; k++) {
			if (str_ieq(lists[i]->values[k], name))
				return true;
		}
	}
	return str_ieq(name, meta->ld.site) || str_ieq(name, meta->head.site);
}

/* A portal writes whose story it is behind the title, in parentheses, and a headline without it. */
static const char *without_source(
	const struct metadata *meta, const char *title, struct arena *arena)
{
	static const char *const open[] = {"(", "\xEF\xBC\x88"}, *const close[] = {
									 ")", "\xEF\xBC\x89"};
	const char *rest, *headline;
	size_t i, k;

	for (i = 0; title && i < meta->title_count; i++) {
		headline = meta->titles[i].text;
		if (meta->titles[i].source != TITLE_H1 || !str_starts(title, headline))
			continue;
		rest = title + strlen(headline);
		rest += strspn(rest, " ");
		for (k = 0; k < ARRAY_LEN(open); k++) {
			size_t in = strlen(open[k]), out = strlen(close[k]), len = strlen(rest);

			if (str_starts(rest, open[k]) && str_ends(rest, close[k]) &&
				len > in + out &&
				names_source(meta, arena_strndup(arena, rest + in, len - in - out)))
				return headline;
		}
	}
	return title;
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
	return without_source(meta, title, arena);
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

/* A title as the page writes it, in a headline first; not in capitals where the feed has none.
 * NULL: the page does not say it. */
static const char *as_page_writes(
	const struct metadata *meta, const char *title, struct arena *arena)
{
	const char *folded = title_fold(arena, title), *best = NULL;
	bool is_upper = title_is_upper(title);
	size_t i;

	for (i = 0; i < meta->title_count; i++) {
		const struct title_said *said = &meta->titles[i];
		bool is_loud = title_is_upper(said->text);

		if ((is_loud && !is_upper) ||
			(said->source != TITLE_H1 && (is_loud || !is_upper)) ||
			!str_eq(title_fold(arena, said->text), folded))
			continue;
		if (strstr(title, ": ") && !strchr(said->text, ':'))
			continue; /* two boxes of a heading run together */
		if (said->source == TITLE_H1 && !is_loud)
			return said->text;
		if (!best || !is_loud)
			best = said->text;
	}
	return best;
}

/* A headline that goes on amid the word with which the title ends: it was cut at so many letters.
 * NULL: none does. */
static const char *uncut_title(const struct metadata *meta, const char *title, struct arena *arena)
{
	const char *folded = title_fold(arena, title), *other;
	size_t len = strlen(folded), i;

	if (title_count_words(folded) < CUT_WORDS_MIN)
		return NULL;
	for (i = 0; i < meta->title_count; i++) {
		other = title_fold(arena, meta->titles[i].text);
		if (meta->titles[i].source == TITLE_H1 && str_starts(other, folded) &&
			other[len] != '\0' && other[len] != ' ')
			return meta->titles[i].text;
	}
	return NULL;
}

/* Behind "Updated: ", "[UPDATE] "; itself where it does not begin so. */
static const char *skip_update(const char *title)
{
	static const char *const words[] = {"updated", "update", "aktualisiert",
		"mise \xC3\xA0 jour", "actualizado", "aggiornato", "bijgewerkt", "breaking",
		"eilmeldung"};
	const char *begin = title + (*title == '[' || *title == '('), *end;
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_istarts(begin, words[i]))
			continue;
		end = begin + strlen(words[i]);
		if (begin > title ? *end == ']' || *end == ')' : *end == ':')
			return end + 1 + strspn(end + 1, ": ");
	}
	return title;
}

/* What feeds write around a title: the site's name, that it was updated. NULL: nothing, or the page
 * does not say what is left. */
static const char *bare_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, const char *title, struct arena *arena)
{
	struct site_names site = {.arena = arena};
	const char *bare, *page;

	site_add(&site, meta->head.site);
	site_add(&site, meta->ld.site);
	site_add(&site, meta->item.site);
	site_add(&site, meta->logo);
	site_add_host(&site, job->url);
	bare = site_strip(&site, skip_update(title));
	if (str_is_empty(bare) || str_eq(bare, title))
		return NULL;
	page = metadata_page_title(meta, job, blocks, arena);
	return page && str_eq(title_fold(arena, page), title_fold(arena, bare)) ? bare : NULL;
}

/* The feed's title is right; the page may write it better, or whole. NULL: the feed has none. */
static const char *title_of_entry(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = metadata_clean(arena, job->entry_title), *better;

	if (!title || is_no_title(title))
		return NULL;
	better = as_page_writes(meta, title, arena);
	if (!better && title_cut_length(title) > 0)
		better = whole_title(meta, job, blocks, title, arena);
	if (!better)
		better = uncut_title(meta, title, arena);
	if (better)
		return better;
	better = bare_title(meta, job, blocks, title, arena);
	if (!better)
		return title;
	title = better;
	better = as_page_writes(meta, title, arena);
	return better ? better : title;
}

const char *metadata_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = NULL;

	if (job->entry_title)
		title = title_of_entry(meta, job, blocks, arena);
	return title ? title : metadata_page_title(meta, job, blocks, arena);
}
