/* What stands in an element as a value of the document: numbers, lines of text, HTML, addresses. */
#include "parse/feed_build.h"

#include "core/limits.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "parse/clean.h"
#include "parse/clean_attr.h"
#include "parse/text.h"

#include <string.h>

int64_t build_length(const char *text)
{
	uint64_t n;

	return text && str_to_u64(text, INT64_MAX, &n) ? (int64_t)n : -1;
}

uint32_t build_pixels(const char *text)
{
	uint64_t n;

	return text && str_to_u64(text, 1000000, &n) ? (uint32_t)n : 0;
}

int64_t build_seconds(const char *text)
{
	enum { PART_MAX = 1000000 };
	int64_t total = 0, part = 0;

	for (; text && *text && *text != '.'; text++) {
		if (*text == ':') {
			total = (total + part) * 60;
			part = 0;
		} else if (str_is_digit(*text)) {
			part = part * 10 + (*text - '0');
		} else {
			return 0;
		}
		if (part > PART_MAX || total > 60 * (int64_t)PART_MAX)
			return 0;
	}
	return total + part;
}

/* Collapsed text in the arena, of max bytes at most; NULL: empty. */
static const char *kept_line(struct feed_build *b, const struct buf *text, size_t max)
{
	size_t len = text->len;

	if (len > max) {
		len = utf8_cut(text->data, len, max);
		build_warn(b, b->at, "a title or a name is too long and was cut");
	}
	while (len > 0 && text->data[len - 1] == ' ') /* where it was cut */
		len--;
	return len > 0 ? arena_strndup(b->arena, text->data, len) : NULL;
}

/* No line of max bytes needs more of its source than this; the rest is not looked at. */
static size_t line_source(const char *text, size_t len, size_t max)
{
	return len > 16 * max ? utf8_cut(text, len, 16 * max) : len;
}

static const char *plain_line(struct feed_build *b, const char *text, size_t len, size_t max)
{
	buf_clear(&b->url);
	text_plain(text, line_source(text, len, max), &b->url);
	return kept_line(b, &b->url, max);
}

const char *build_plain(struct feed_build *b, const char *text, size_t len)
{
	return plain_line(b, text, len, LIMIT_NAME_BYTES);
}

const char *build_title(struct feed_build *b, const char *text, size_t len)
{
	return plain_line(b, text, len, LIMIT_TITLE_BYTES);
}

const char *build_title_html(struct feed_build *b, const char *html, size_t len)
{
	buf_clear(&b->url);
	text_from_html(html, line_source(html, len, LIMIT_TITLE_BYTES), &b->url);
	return kept_line(b, &b->url, LIMIT_TITLE_BYTES);
}

static const char *kept_html(struct feed_build *b, struct buf *html)
{
	char *text = (char *)html->data, *end;

	if (html->len == 0)
		return NULL;
	end = text + html->len;
	while (text < end && str_is_space(*text))
		text++;
	while (end > text && str_is_space(end[-1]))
		end--;
	return end > text ? arena_strndup(b->arena, text, (size_t)(end - text)) : NULL;
}

const char *build_html(struct feed_build *b, const char *html, size_t len, const char *base)
{
	if (len > LIMIT_HTML_BYTES) {
		len = utf8_cut(html, len, LIMIT_HTML_BYTES);
		build_warn(b, b->at, "the text of an entry is too long and was cut");
	}
	buf_clear(&b->html);
	clean_html(html, len, base, &b->html);
	return kept_html(b, &b->html);
}

const char *build_escaped(struct feed_build *b, const char *text, size_t len)
{
	if (len > LIMIT_HTML_BYTES)
		len = utf8_cut(text, len, LIMIT_HTML_BYTES);
	buf_clear(&b->html);
	clean_put_escaped(&b->html, text, len, false);
	return kept_html(b, &b->html);
}

/* Control characters, as UTF-8 has them, cannot be part of a URL. */
static void drop_controls(struct buf *url)
{
	size_t i, n = 0;

	for (i = 0; i < url->len; i++) {
		unsigned char c = (unsigned char)url->data[i];

		if (c == 0xC2 && i + 1 < url->len && (unsigned char)url->data[i + 1] < 0xA0)
			i++;
		else
			url->data[n++] = (char)c;
	}
	buf_truncate(url, n);
}

const char *build_url(struct feed_build *b, const char *text, const char *base)
{
	if (!text)
		return NULL;
	while ((unsigned char)*text <= ' ' && *text)
		text++;
	if (!*text)
		return NULL;
	if (strlen(text) > LIMIT_URL_BYTES) {
		build_warn(b, b->at, "a URL is too long and was left out");
		return NULL;
	}
	buf_clear(&b->url);
	url_resolve(base, text, &b->url);
	if (b->url.len == 0 || url_is_active(buf_text(&b->url)))
		return NULL;
	drop_controls(&b->url);
	return arena_strndup(b->arena, b->url.data, b->url.len);
}
