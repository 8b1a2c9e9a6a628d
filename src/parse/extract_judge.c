#include "parse/extract_steps.h"

#include "core/markup.h"
#include "core/mem.h"
#include "core/reason.h"
#include "core/str.h"
#include "core/utf8.h"
#include "parse/clean.h"
#include "parse/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	FEW_WORDS = 25,     /* no article, whatever it is */
	WORD_LETTERS = 5,   /* of English */
	SHORT_WORDS = 100,  /* a short one */
	TEASER_WORDS = 150, /* of an article that is sold: its beginning */
	WALL_WORDS = 300,   /* an article longer than this is not taken for a teaser */
	WALL_BLOCKS = 8,    /* blocks behind the text where a wall stands */
	WALL_LINE = 15,     /* words of the line that a wall begins with */
	WALL_TEXT = 80,     /* ... and of what it says */
	BODY_WORDS = 60,    /* JSON-LD bodies and feed contents shorter than this are teasers */
	SCRIPT_BYTES = 2000,
	SAME_WORDS = 8,  /* blocks of so many words are looked for in JSON-LD's body */
	SAME_BYTES = 40, /* ... the beginning of their letters */
};

float count_words(const char *text)
{
	size_t len = text ? strlen(text) : 0, at = 0, size;
	bool in_word = false;
	float words = 0;
	unsigned c;

	while (at < len) {
		c = utf8_decode(text + at, len - at, &size);
		if (utf8_is_unspaced(c))
			words += 0.5f;
		else if (c == ' ' || c == '\n' || c == '\t' || c == 0xA0 || c == UTF8_TSHEG)
			in_word = false;
		else if (!in_word &&
			 (c >= 0x80 || str_is_alpha((char)c) || str_is_digit((char)c))) {
			in_word = true;
			words++;
		}
		at += size;
	}
	return words;
}

/* What a character says, in letters: that of a script with a sign for each syllable or word, more.
 */
static float letters_of(unsigned c)
{
	static const struct {
		unsigned from, to;
		float letters;
	} scripts[] = {
		{0x1200, 0x139F, 2},    /* Ethiopic */
		{0x2000, 0x2BFF, 0},    /* punctuation, signs */
		{0x3000, 0x303F, 0},    /* ... of East Asia */
		{0x3400, 0x9FFF, 3},    /* ideographs */
		{0xAC00, 0xD7AF, 2.5f}, /* Hangul */
		{0xFE00, 0xFFFF, 0},
	};
	size_t i;

	if (c < 0x80)
		return str_is_alpha((char)c) || str_is_digit((char)c);
	for (i = 0; i < ARRAY_LEN(scripts); i++) {
		if (c >= scripts[i].from && c <= scripts[i].to)
			return scripts[i].letters;
	}
	return c >= 0xC0;
}

/* How much a text says, in words of English: those of other languages may be few and long. */
static float count_said(const char *text)
{
	size_t len = strlen(text), at, size;
	float letters = 0;

	for (at = 0; at < len; at += size)
		letters += letters_of(utf8_decode(text + at, len - at, &size));
	return letters / WORD_LETTERS;
}

static bool says_little(const struct extraction *x, float words)
{
	float said = 0;
	size_t i;

	for (i = 0; words < FEW_WORDS && i < x->blocks.block_count; i++)
		said += x->kept[i] ? count_said(block_text(&x->blocks, i)) : 0;
	return words < FEW_WORDS && said < FEW_WORDS;
}

/* Words chosen, and how sure the model is of the words that it chose or nearly did. */
static void weigh(const struct extraction *x, float *words, float *certainty)
{
	float sum = 0, weight = 0, p;
	size_t i;

	*words = 0;
	for (i = 0; i < x->blocks.block_count; i++) {
		p = x->scores[i];
		if (x->kept[i])
			*words += x->blocks.blocks[i].words;
		if (p < 0.1f && !x->kept[i])
			continue;
		weight += x->blocks.blocks[i].words;
		sum += x->blocks.blocks[i].words * (p > 0.5f ? p : 1 - p);
	}
	*certainty = weight > 0 ? sum / weight : 0;
}

static size_t last_kept(const struct extraction *x)
{
	size_t i = x->blocks.block_count;

	while (i > 0 && !x->kept[i - 1])
		i--;
	return i;
}

/* In a box behind the text that is called a wall. */
static bool is_named_wall(const struct page_blocks *page, size_t i, size_t end)
{
	size_t index = page->blocks[i].element;
	const char *name;

	for (; i >= end && index > 0 && page->elements[index].first_block >= end;
		index = page->elements[index].parent) {
		name = html_attr(page->elements[index].node, "class");
		if (name && (str_ifind(name, "paywall") || str_ifind(name, "regwall")))
			return true;
	}
	return false;
}

/* It asks to log in or to pay for the rest. */
static bool says_wall(const struct block *block)
{
	return block->phrases & 1u << PHRASE_WALL &&
	       block->phrases & (1u << PHRASE_LOGIN | 1u << PHRASE_SUBSCRIBE);
}

/*
 * A short text, and behind it a block that asks to log in or to pay. Metadata say that an article
 * is sold also where all of it is there: they need such a block too, or a text so short that it is
 * no article.
 */
static bool is_walled(const struct extraction *x, float words)
{
	const struct page_blocks *page = &x->blocks;
	size_t end = last_kept(x), i;

	if (words > WALL_WORDS)
		return false;
	if (x->meta.is_walled && words < TEASER_WORDS)
		return true;
	for (i = end > 2 ? end - 2 : 0; i < end + WALL_BLOCKS && i < page->block_count; i++) {
		if (says_wall(&page->blocks[i]) ||
			(x->meta.is_walled && (page->blocks[i].phrases & 1u << PHRASE_WALL ||
						      is_named_wall(page, i, end))))
			return true;
	}
	return false;
}

/* "Subscribe to continue reading": the line and what it says are no text, and may be all there is.
 */
void extraction_drop_wall(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float words, certainty, rest = 0;
	size_t i = last_kept(x);

	weigh(x, &words, &certainty);
	if (!is_walled(x, words))
		return;
	while (i-- > 0 && rest <= WALL_TEXT) {
		rest += x->kept[i] ? page->blocks[i].words : 0;
		if (page->blocks[i].words > WALL_LINE || !says_wall(&page->blocks[i]))
			continue;
		memset(x->kept + i, 0, (page->block_count - i) * sizeof(*x->kept));
		rest = 0;
	}
}

/* Nothing but a wall. */
static bool is_all_wall(const struct page_blocks *page)
{
	size_t i = 0;

	while (i < page->block_count && !says_wall(&page->blocks[i]))
		i++;
	return i < page->block_count && page->words < WALL_WORDS;
}

static bool ends_with_ellipsis(const char *text)
{
	return str_ends(text, "\xE2\x80\xA6") || str_ends(text, "...") ||
	       str_ends(text, "[\xE2\x80\xA6]") || str_ends(text, "[...]");
}

/* A short text that breaks off with an ellipsis, or is followed by a link to the rest. */
static bool is_cut_off(const struct extraction *x, float words)
{
	const struct page_blocks *page = &x->blocks;
	size_t end = last_kept(x);
	const struct block *block;

	if (end == 0 || words > WALL_WORDS)
		return false;
	if (ends_with_ellipsis(block_text(page, end - 1)))
		return true;
	if (end >= page->block_count)
		return false;
	block = &page->blocks[end];
	/* "Support provided by: Learn more" leads elsewhere */
	return block->words <= 6 && block->link_words * 2 > block->words &&
	       block->phrases & (1u << PHRASE_MORE);
}

void extraction_judge(const struct extraction *x, struct article *article)
{
	const struct html_page *html = &x->html;
	float words, certainty, length;
	bool is_little;

	weigh(x, &words, &certainty);
	length = words / (words + SHORT_WORDS / 2.0f);
	article->quality = (double)(certainty * length);
	is_little = says_little(x, words);
	if (is_little && html->script_bytes > SCRIPT_BYTES && x->blocks.words < 4 * FEW_WORDS)
		article->reason = reason_text(REASON_SCRIPTS);
	else if (words == 0)
		article->reason =
			reason_text(is_all_wall(&x->blocks) ? REASON_WALL : REASON_NO_TEXT);
	else if (is_walled(x, words))
		article->reason = reason_text(REASON_WALL);
	else if (is_cut_off(x, words))
		article->reason = reason_text(REASON_CUT_SHORT);
	else if (is_little)
		article->reason = reason_text(REASON_LITTLE_TEXT);
	else if (html->is_cut || x->blocks.is_cut)
		article->reason = reason_text(REASON_END_MISSING);
	else if (certainty < 0.6f)
		article->reason = reason_text(REASON_UNSURE);
	article->is_truncated =
		words > 0 ? is_walled(x, words) || is_cut_off(x, words) : is_all_wall(&x->blocks);
	if (article->is_truncated)
		article->quality *= 0.5;
}

/*
 * A source as our HTML. It is HTML, or plain text, or has tags within its paragraphs alone: then
 * line breaks part these.
 */
static void put_source(const char *source, const char *base, struct buf *html)
{
	bool has_tags = text_has_tags(source);
	struct buf lines = {0};
	const char *s, *end;

	if (has_tags && (str_ifind(source, "<p") || str_ifind(source, "<br") ||
				str_ifind(source, "<div") || str_ifind(source, "<li"))) {
		clean_html(source, strlen(source), base, html);
		return;
	}
	for (s = source; *s; s = end + strspn(end, "\r\n")) {
		char *line;

		end = s + strcspn(s, "\r\n");
		line = str_trim(xstrndup(s, (size_t)(end - s)));
		if (*line) {
			buf_puts(&lines, "<p>");
			if (has_tags)
				buf_puts(&lines, line);
			else
				buf_put_escaped(&lines, line);
			buf_puts(&lines, "</p>");
		}
		free(line);
	}
	if (has_tags)
		clean_html(buf_text(&lines), lines.len, base, html);
	else
		buf_puts(html, buf_text(&lines));
	buf_finish(&lines);
}

static void take(const struct extraction *x, const char *source, enum article_source from,
	struct article *article)
{
	struct buf html = {0}, text = {0};

	put_source(source, x->meta.base, &html);
	markup_to_text(buf_text(&html), 0, &text);
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		buf_truncate(&text, text.len - 1);
	if (text.len > 0) {
		article->html = arena_strdup(x->arena, buf_text(&html));
		article->text = arena_strdup(x->arena, buf_text(&text));
		article->source = from;
		article->quality = 0.5;
	}
	buf_finish(&html);
	buf_finish(&text);
}

static float source_words(const char *source)
{
	struct buf html = {0}, text = {0};
	float words;

	if (str_is_empty(source))
		return 0;
	put_source(source, NULL, &html);
	markup_to_text(buf_text(&html), 0, &text);
	words = count_words(buf_text(&text));
	buf_finish(&html);
	buf_finish(&text);
	return words;
}

/* Letters and digits alone, in lower case: quotation marks and spaces differ between sources. */
static void put_letters(const char *text, size_t max, struct buf *to)
{
	for (; *text && to->len < max; text++) {
		if (text[0] == '\xE2' && text[1] == '\x80' && text[2])
			text += 2;
		else if (text[0] == '\xC2' && text[1] == '\xA0')
			text++;
		else if ((unsigned char)*text >= 0x80 || str_is_alpha(*text) || str_is_digit(*text))
			buf_putc(to, str_lower_char(*text));
	}
}

/* Whether a body begins or goes on as something on the page does, where the page has a text. */
static bool is_of_this_page(const struct extraction *x, const char *body)
{
	struct buf letters = {0}, begin = {0}, html = {0}, text = {0};
	bool is_found = false, is_asked = false;
	size_t i;

	put_source(body, NULL, &html);
	markup_to_text(buf_text(&html), 0, &text);
	put_letters(buf_text(&text), SIZE_MAX, &letters);
	for (i = 0; i < x->blocks.block_count && !is_found; i++) {
		if (!x->kept[i] || x->blocks.blocks[i].words < SAME_WORDS)
			continue;
		buf_clear(&begin);
		put_letters(block_text(&x->blocks, i), SAME_BYTES, &begin);
		is_found = strstr(buf_text(&letters), buf_text(&begin)) != NULL;
		is_asked = true;
	}
	buf_finish(&letters);
	buf_finish(&begin);
	buf_finish(&html);
	buf_finish(&text);
	return is_found || !is_asked;
}

/* What another source has may be a beginning, too. */
static void judge_source(struct article *article, bool is_teaser)
{
	if (!is_teaser && !ends_with_ellipsis(article->text))
		return;
	article->is_truncated = true;
	article->quality *= 0.5;
	if (!article->reason)
		article->reason = reason_text(REASON_CUT_SHORT);
}

/*
 * The page's own text is the best as a rule. JSON-LD's body and the feed's content count when they
 * are much longer, or longer than what the page shows a part of, or than what is no article.
 */
void extraction_compare(const struct extraction *x, struct article *article)
{
	const char *feed = x->job->entry_content;
	float own = count_words(article->text), ld = source_words(x->meta.ld.body), fed;
	bool is_part = article->is_truncated, is_little = says_little(x, own);

	fed = source_words(feed);
	if (fed < source_words(x->job->entry_summary)) {
		feed = x->job->entry_summary;
		fed = source_words(feed);
	}
	if (ld >= BODY_WORDS && ld > fed && ld > own * (is_part ? 1.1f : 2.5f) &&
		is_of_this_page(x, x->meta.ld.body)) {
		article->is_truncated = false;
		article->reason = NULL;
		take(x, x->meta.ld.body, ARTICLE_SOURCE_JSONLD, article);
		judge_source(article, x->meta.is_walled && ld < TEASER_WORDS);
		return;
	}
	if (fed > 0 && (own == 0 || ((is_part || is_little) && fed > own) ||
			       (fed >= BODY_WORDS && fed > own * 2.5f))) {
		/* what the page lacked is still worth saying */
		if (!article->reason)
			article->reason = reason_text(REASON_LESS_THAN_FEED);
		take(x, feed, ARTICLE_SOURCE_FEED, article);
		judge_source(article, false);
	}
}
