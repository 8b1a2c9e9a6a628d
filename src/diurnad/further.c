#include "diurnad/further.h"

#include "core/identity.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below this the extractor itself does not believe what it found. */
#define QUALITY_POOR 0.3
/* The whole article has so much more text than its first page. */
#define WHOLE_MORE 1.2

enum { BEGIN_BYTES = 60 };

static bool is_poor(const struct article *article)
{
	return str_is_empty(article->text) || article->is_truncated ||
	       article->quality < QUALITY_POOR;
}

static void note_blocks(struct further *further, const struct article *article)
{
	size_t i;

	for (i = 0; i < article->block_hash_count; i++) {
		ARRAY_GROW(further->seen, further->seen_count, further->seen_space);
		further->seen[further->seen_count++] = article->block_hashes[i];
	}
}

static void note_next(struct further *further, const struct article *article)
{
	free(further->next);
	further->next = article->next_url ? xstrdup(article->next_url) : NULL;
}

void further_init(struct further *further, const char *url, const struct article *article)
{
	memset(further, 0, sizeof(*further));
	further->visited[further->visited_count++] = xstrdup(url);
	further->page = 1;
	note_blocks(further, article);
	note_next(further, article);
}

void further_finish(struct further *further)
{
	size_t i;

	for (i = 0; i < further->visited_count; i++)
		free(further->visited[i]);
	free(further->next);
	free(further->seen);
	buf_finish(&further->text);
	buf_finish(&further->html);
	memset(further, 0, sizeof(*further));
}

/* A page may only lead to its own site, and nowhere twice. */
static bool may_visit(const struct further *further, const char *url)
{
	struct buf site = {0}, other = {0};
	bool may = url && strlen(url) <= LIMIT_URL_BYTES &&
		   further->visited_count < ARRAY_LEN(further->visited) &&
		   url_site(further->visited[0], &site) && url_site(url, &other) &&
		   str_eq(buf_text(&site), buf_text(&other));
	size_t i;

	for (i = 0; may && i < further->visited_count; i++)
		may = !str_eq(further->visited[i], url);
	buf_finish(&site);
	buf_finish(&other);
	return may;
}

static const char *visit(struct further *further, const char *url, enum further_kind kind)
{
	further->kind = kind;
	return further->visited[further->visited_count++] = xstrdup(url);
}

const char *further_next(struct further *further, const struct article *article)
{
	bool is_first = further->page == 1 && !further->is_whole;

	if (is_first && (further->next || is_poor(article)) &&
		may_visit(further, article->whole_url))
		return visit(further, article->whole_url, FURTHER_WHOLE);
	if (is_first && is_poor(article) && may_visit(further, article->amp_url))
		return visit(further, article->amp_url, FURTHER_AMP);
	/* what the feed or JSON-LD has is no first page, but all of it */
	if (!further->is_whole && article->source != ARTICLE_SOURCE_FEED &&
		article->source != ARTICLE_SOURCE_JSONLD && further->page < FURTHER_PAGES &&
		further->html.len < LIMIT_HTML_BYTES && may_visit(further, further->next))
		return visit(further, further->next, FURTHER_PAGE);
	return NULL;
}

static void copy_text(struct article *article, const struct article *got)
{
	article->text = arena_strdup(&article->arena, got->text);
	article->html = arena_strdup(&article->arena, got->html);
	article->quality = got->quality;
	article->source = got->source;
	article->is_truncated = got->is_truncated;
	article->reason = arena_strdup(&article->arena, got->reason);
}

/* "Full article" may lead to another one: the beginning of this one is there. */
static bool begins_alike(const struct article *article, const struct article *got)
{
	char begin[BEGIN_BYTES + 1];

	if (!article->text)
		return false;
	snprintf(begin, sizeof(begin), "%s", article->text);
	begin[strcspn(begin, "\n")] = '\0';
	return strstr(got->text, begin) != NULL;
}

/* The better by quality; and the whole is more than its first page. */
static void take_whole(struct further *further, struct article *article, const struct article *got)
{
	bool has_more = strlen(got->text) > WHOLE_MORE * strlen(buf_text(&further->text)) &&
			got->quality >= QUALITY_POOR;

	if (!article->text || got->quality > article->quality || has_more) {
		copy_text(article, got);
		further->is_whole = !got->is_truncated;
	}
}

static void append(struct further *further, struct article *article, const struct article *got)
{
	double len = (double)further->text.len, more = (double)strlen(got->text);

	buf_puts(&further->text, "\n\n");
	buf_puts(&further->text, got->text);
	buf_puts(&further->html, "\n");
	buf_puts(&further->html, got->html);
	article->quality = (article->quality * len + got->quality * more) / (len + more);
	article->is_truncated = got->is_truncated;
	article->reason = arena_strdup(&article->arena, got->reason);
	further->page++;
}

static void begin_text(struct further *further, const struct article *article)
{
	if (further->text.len > 0 || !article->text)
		return;
	buf_puts(&further->text, article->text);
	buf_puts(&further->html, article->html);
}

void further_take(struct further *further, struct article *article, const struct article *got)
{
	bool is_text = got && !str_is_empty(got->text) && got->html;

	begin_text(further, article);
	if (further->kind != FURTHER_PAGE) {
		if (is_text && (further->kind == FURTHER_AMP || begins_alike(article, got)))
			take_whole(further, article, got);
		return;
	}
	if (!is_text || !article->text) {
		/* a page that shows nothing new is the end; one that cannot be had is a gap */
		if (!got)
			article->reason = arena_printf(&article->arena,
				"page %u could not be read: the text ends before it",
				further->page + 1);
		article->is_truncated |= !got;
		free(further->next);
		further->next = NULL;
		return;
	}
	append(further, article, got);
	note_blocks(further, got);
	note_next(further, got);
}

void further_join(const struct further *further, struct article *article)
{
	if (further->page <= 1)
		return;
	article->text = arena_strdup(&article->arena, buf_text(&further->text));
	article->html = arena_strdup(&article->arena, buf_text(&further->html));
}
