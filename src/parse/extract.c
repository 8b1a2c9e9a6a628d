#include "parse/extract.h"

#include "core/markup.h"
#include "core/markup_read.h"
#include "core/mem.h"
#include "core/reason.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/extract_steps.h"
#include "parse/language.h"
#include "parse/metadata_section.h"

#include <stdlib.h>
#include <string.h>

enum {
	EXCERPT_CHARACTERS = 300,
	ICON_WIDTH = 120, /* pictures that say to be narrower are no lead images */
	AGAIN = 4,        /* a page with so many times more words of earlier ones than new ones */
};

/* What the page calls the article: an entry's title that stands nowhere on it does not find it. */
static const char *headline_of(
	const struct extraction *x, const struct job *job, struct arena *arena)
{
	if (!job->entry_title || headline_block(&x->blocks, x->meta.title) != BLOCK_NONE)
		return x->meta.title;
	return metadata_page_title(&x->meta, job, &x->blocks, arena);
}

enum status extraction_read(struct extraction *x, const struct job *job, struct arena *arena)
{
	struct html_options options = {
		.content_type = job->content_type, .keeps_attributes = job->rule != NULL};
	enum status status;

	memset(x, 0, sizeof(*x));
	x->job = job;
	x->arena = arena;
	status = html_read(job->body, job->body_len, &options, &x->html);
	if (status != STATUS_OK)
		return status;
	if (job->rule)
		rules_apply(job->rule, x->html.doc, arena, &x->rule);
	blocks_read(x->html.doc, &x->blocks);
	metadata_read(&x->html, job, arena, &x->meta);
	x->meta.title = metadata_title(&x->meta, job, &x->blocks, arena);
	x->signals = (struct page_signals){.url = job->url,
		.title = headline_of(x, job, arena),
		.description = x->meta.head.description,
		.is_og_article = x->meta.is_og_article,
		.is_ld_article = x->meta.is_ld_article,
		.is_ld_forum = x->meta.is_ld_forum,
		.is_ld_thread = x->meta.is_ld_thread};
	x->signals.is_forum_url = has_address_of_forum(&x->signals);
	if (!extraction_is_manual(x)) /* of manuals it is a chapter */
		x->meta.linked_section = metadata_linked_section(&x->meta, &x->blocks, arena);
	return STATUS_OK;
}

bool extraction_is_manual(const struct extraction *x)
{
	const char *url = x->signals.url;

	return is_reference(&x->signals) || (x->meta.is_manual && !(url && strstr(url, "/blog")));
}

void extraction_finish(struct extraction *x)
{
	html_finish(&x->html);
	blocks_finish(&x->blocks);
	free(x->rows);
	free(x->scores);
	free(x->kept);
}

/* What a rule found beats what the page says in general. */
static void apply_rule(struct extraction *x, struct article *article)
{
	const struct rule_result *rule = &x->rule;
	struct value_list names = {0};

	if (rule->title)
		x->meta.title = rule->title;
	if (rule->author)
		metadata_names(x->arena, rule->author, &names);
	if (names.count > 0)
		x->meta.ld.authors = names;
	if (rule->date)
		x->meta.rule_date = rule->date;
	if (rule->next)
		x->meta.rule_next = rule->next;
	if (rule->wrong)
		article->reason = arena_printf(x->arena, RULE_IS_WRONG "%s", rule->wrong);
	else if (rule->has_body && !extraction_keep_bodies(x, rule))
		article->reason = reason_text(REASON_RULE_EMPTY);
	else if (rule->has_body)
		article->source = ARTICLE_SOURCE_RULE;
	article->rule_failed = article->reason != NULL;
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/*
 * What the article's other pages showed: standfirst, navigation. A page that is most of an earlier
 * one is that one once more, with another line: nothing of it is new.
 */
static void drop_seen(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t count = x->job->seen_block_count, i;
	float seen = 0, fresh = 0;
	uint64_t *hashes;

	if (count == 0)
		return;
	hashes = arena_alloc(x->arena, count * sizeof(*hashes));
	memcpy(hashes, x->job->seen_blocks, count * sizeof(*hashes));
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		if (bsearch(&page->blocks[i].hash, hashes, count, sizeof(*hashes),
			    compare_hashes)) {
			x->kept[i] = false;
			seen += page->blocks[i].words;
		} else {
			fresh += page->blocks[i].words;
		}
	}
	if (seen > AGAIN * fresh) {
		for (i = 0; i < page->block_count; i++)
			x->kept[i] = false;
	}
}

/* The first picture of a text, unless it says that it is an icon; NULL: there is none. */
static const char *first_image(const char *html, struct arena *arena)
{
	struct markup_reader reader = {.next = html};
	struct buf src = {0}, width = {0};
	const char *image = NULL;
	enum markup_token token;

	while (!image && (token = markup_next(&reader)) != MARKUP_END) {
		if (token != MARKUP_OPEN || !str_eq(reader.name, "img"))
			continue;
		buf_clear(&src);
		buf_clear(&width);
		if (markup_attr(&reader, "width", &width) && atoi(buf_text(&width)) < ICON_WIDTH)
			continue;
		if (markup_attr(&reader, "src", &src) && url_is_web(buf_text(&src)) &&
			!str_ifind(buf_text(&src), ".svg") && !str_ifind(buf_text(&src), ".gif"))
			image = arena_strdup(arena, buf_text(&src));
	}
	buf_finish(&src);
	buf_finish(&width);
	return image;
}

static void write_article(struct extraction *x, struct article *article)
{
	const char *rule_reason = article->reason;
	struct buf text = {0}, html = {0}, excerpt = {0};

	extraction_put_hashes(x, article);
	extraction_judge(x, article);
	extraction_put_text(x, &text);
	if (text.len > 0) {
		extraction_add_captions(x);
		extraction_put_html(x, &html);
		article->text = arena_strdup(x->arena, buf_text(&text));
		article->html = arena_strdup(x->arena, buf_text(&html));
		if (article->source == ARTICLE_SOURCE_NONE)
			article->source = ARTICLE_SOURCE_PAGE;
	}
	/* what other sources have is all of it, not a further page's part */
	if (article->source != ARTICLE_SOURCE_RULE && x->job->page <= 1)
		extraction_compare(x, article);
	article->language = language_of(article->text, article->language);
	if (!article->image && article->html)
		article->image = first_image(article->html, x->arena);
	if (!article->excerpt && article->html) {
		markup_to_excerpt(article->html, EXCERPT_CHARACTERS, &excerpt);
		if (excerpt.len > 0)
			article->excerpt = arena_strdup(x->arena, buf_text(&excerpt));
	}
	if (rule_reason)
		article->reason = rule_reason;
	buf_finish(&text);
	buf_finish(&html);
	buf_finish(&excerpt);
}

enum status extract_article(const struct job *job, struct article *article)
{
	struct extraction x;
	enum status status = extraction_read(&x, job, &article->arena);

	if (status != STATUS_OK) {
		article->reason = reason_text(
			status == STATUS_UNSUPPORTED ? REASON_OTHER_KIND : REASON_NO_HTML);
		goto out;
	}
	extraction_score(&x);
	extraction_choose(&x);
	if (job->rule)
		apply_rule(&x, article);
	if (article->source != ARTICLE_SOURCE_RULE)
		extraction_correct(&x);
	drop_seen(&x);
	metadata_fill(&x.meta, job, &x.blocks, article);
	write_article(&x, article);
	if (!article->text) {
		status = STATUS_NOT_FOUND;
		article->quality = 0;
		if (!article->reason)
			article->reason = reason_text(REASON_NO_TEXT);
	}
out:
	extraction_finish(&x);
	return status;
}
