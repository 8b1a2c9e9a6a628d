#include "parse/text.h"

#include "core/str.h"
#include "core/utf8.h"
#include "parse/clean_policy.h"
#include "parse/entity.h"
#include "parse/html_token.h"

#include <string.h>

void text_decode_entities(const char *text, size_t len, struct buf *to)
{
	entity_decode(text, len, ENTITY_TEXT, to);
}

/* Space of Unicode that stands for one space in a line of text. */
static bool is_wide_space(unsigned c)
{
	return c == 0xA0 || c == 0x85 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

void text_plain(const char *text, size_t len, struct buf *to)
{
	const char *p = text, *end = text + len;
	size_t size, start = to->len;
	bool is_space_due = false;
	unsigned c;

	buf_reserve(to, len + 1);
	while (p < end) {
		c = utf8_decode(p, (size_t)(end - p), &size);
		if (c <= ' ' || is_wide_space(c)) {
			/* other control characters stand for nothing */
			if (c == ' ' || (c >= '\t' && c <= '\r') || c > ' ')
				is_space_due = true;
		} else if (c != 0xFEFF && c != 0x7F && (c < 0x80 || c > 0x9F)) {
			if (is_space_due && to->len > start)
				buf_putc(to, ' ');
			is_space_due = false;
			buf_put_utf8(to, c);
		}
		p += size;
	}
}

static void put_raw_inside(
	struct html_tokenizer *t, const struct clean_element *element, struct buf *to)
{
	const char *text;
	size_t len;

	html_skip_raw(t, element->name, &text, &len);
	if (str_eq(element->name, "title"))
		entity_decode(text, len, ENTITY_TEXT, to);
}

/*
 * Markup is what has a name that HTML knows or could come to know; "List<int>" and "a <b" are
 * text that somebody forgot to escape.
 */
static bool is_literal(const struct html_token *token, const struct clean_element *element)
{
	size_t i;

	bool is_word = true;

	if (token->is_cut || element)
		return token->is_cut;
	for (i = 0; i < token->len; i++) {
		if (str_is_alpha(token->text[i]) || str_is_digit(token->text[i]))
			continue;
		if (!strchr("-:_.", token->text[i]))
			return true; /* Map<K, V> */
		is_word = false;     /* o:p, my-element */
	}
	return is_word;
}

/* A tag as it was written; the tokenizer stands behind it. */
static void put_literal(
	const struct html_tokenizer *t, const struct html_token *token, struct buf *to)
{
	const char *from = token->text;

	if (!token->is_cut)
		from -= token->kind == HTML_END ? 2 : 1;
	entity_decode(from, (size_t)(t->at - from), ENTITY_TEXT, to);
}

void text_from_html(const char *html, size_t len, struct buf *to)
{
	const struct clean_element *element;
	struct html_tokenizer t;
	struct html_token token;
	struct buf text = {0};

	if (!memchr(html, '<', len) && !memchr(html, '&', len)) {
		text_plain(html, len, to);
		return;
	}
	html_tokenizer_init(&t, html, len);
	while (html_next(&t, &token)) {
		if (token.kind == HTML_TEXT) {
			entity_decode(token.text, token.len, ENTITY_TEXT, &text);
			continue;
		}
		element = token.is_cut ? NULL : clean_element(token.text, token.len);
		if (is_literal(&token, element)) {
			put_literal(&t, &token, &text);
			continue;
		}
		if (!element)
			continue;
		if (element->flags & CLEAN_BREAKS)
			buf_putc(&text, ' ');
		if (token.kind == HTML_START && element->flags & CLEAN_RAW)
			put_raw_inside(&t, element, &text);
	}
	text_plain(buf_text(&text), text.len, to);
	buf_finish(&text);
}

bool text_has_tags(const char *text)
{
	return strstr(text, "</") || str_ifind(text, "<br>") || str_ifind(text, "<br ") ||
	       str_ifind(text, "<br/") || str_ifind(text, "<p>");
}
