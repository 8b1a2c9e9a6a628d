#include "parse/html_token.h"

#include "core/str.h"

#include <string.h>
#include <strings.h>

void html_tokenizer_init(struct html_tokenizer *t, const char *html, size_t len)
{
	memset(t, 0, offsetof(struct html_tokenizer, attributes));
	t->at = html;
	t->end = html + len;
}

static bool starts(const struct html_tokenizer *t, const char *what, size_t len)
{
	return (size_t)(t->end - t->at) >= len && strncasecmp(t->at, what, len) == 0;
}

static void skip_past(struct html_tokenizer *t, const char *from, const char *what, size_t len)
{
	const char *found = from < t->end ? memmem(from, (size_t)(t->end - from), what, len) : NULL;

	t->at = found ? found + len : t->end;
}

/*
 * 13.2.5.43 and on. An end may overlap the beginning: <!--> and <!---> are whole comments. One
 * that never ends would take all the rest with it; feeds that cut their summaries at a length write
 * such, so it ends at its first '>'.
 */
static void skip_comment(struct html_tokenizer *t)
{
	const char *p = t->at + 4, *q, *end = t->end;

	if (p < end && *p == '>') {
		t->at = p + 1;
		return;
	}
	if (end - p >= 2 && p[0] == '-' && p[1] == '>') {
		t->at = p + 2;
		return;
	}
	for (q = p; !t->has_no_comment_end && (q = memmem(q, (size_t)(end - q), "--", 2)); q++) {
		if (end - q >= 3 && q[2] == '>') {
			t->at = q + 3;
			return;
		}
		if (end - q >= 4 && q[2] == '!' && q[3] == '>') {
			t->at = q + 4;
			return;
		}
	}
	t->has_no_comment_end = true;
	skip_past(t, p, ">", 1);
}

/*
 * <![CDATA[ is a bogus comment to browsers. In feeds it is wrapped around HTML once too often, and
 * its inside is what was meant.
 */
static void skip_cdata_start(struct html_tokenizer *t)
{
	t->at += 9;
	if (t->cdata_end && t->cdata_end >= t->at)
		return;
	t->cdata_end =
		t->has_no_cdata_end ? NULL : memmem(t->at, (size_t)(t->end - t->at), "]]>", 3);
	if (!t->cdata_end)
		t->has_no_cdata_end = true;
}

/* What begins with "<!" or "<?" and the like, and gives no token. False: it has no end. */
static bool skip_declaration(struct html_tokenizer *t)
{
	const char *close;

	if (starts(t, "<!--", 4))
		skip_comment(t);
	else if (starts(t, "<![CDATA[", 9))
		skip_cdata_start(t);
	else {
		close = memchr(t->at, '>', (size_t)(t->end - t->at));
		if (!close)
			return false;
		t->at = close + 1;
	}
	return true;
}

static bool ends_name(char c)
{
	return str_is_space(c) || c == '/' || c == '>';
}

/* One attribute at p; returns what follows it. NULL: the source ends within it. */
static const char *read_attribute(const char *p, const char *end, struct html_attribute *attribute)
{
	const char *q = p;
	char quote;

	attribute->name = p;
	while (q < end && !ends_name(*q) && (*q != '=' || q == p))
		q++;
	attribute->name_len = (size_t)(q - p);
	attribute->value = q;
	attribute->value_len = 0;
	for (p = q; p < end && str_is_space(*p); p++)
		continue;
	if (p == end)
		return NULL;
	if (*p != '=')
		return q;
	for (p++; p < end && str_is_space(*p); p++)
		continue;
	if (p == end)
		return NULL;
	if (*p == '>')
		return p;
	if (*p == '"' || *p == '\'') {
		quote = *p++;
		q = memchr(p, quote, (size_t)(end - p));
		if (!q)
			return NULL;
		attribute->value = p;
		attribute->value_len = (size_t)(q - p);
		return q + 1;
	}
	for (q = p; q < end && !str_is_space(*q) && *q != '>'; q++)
		continue;
	attribute->value = p;
	attribute->value_len = (size_t)(q - p);
	return q;
}

static void read_tag(struct html_tokenizer *t, struct html_token *token)
{
	struct html_attribute *to = t->attributes, spare;
	const char *p = t->at + 1, *end = t->end;

	token->kind = HTML_START;
	if (*p == '/') {
		token->kind = HTML_END;
		p++;
	}
	token->text = p;
	while (p < end && !ends_name(*p))
		p++;
	token->len = (size_t)(p - token->text);
	while (p && p < end && *p != '>') {
		if (str_is_space(*p) || *p == '/') {
			token->is_self_closing = *p == '/' && p + 1 < end && p[1] == '>';
			p++;
			continue;
		}
		p = read_attribute(p, end, to < t->attributes + HTML_ATTRIBUTES ? to : &spare);
		if (p && to < t->attributes + HTML_ATTRIBUTES)
			to++;
	}
	token->attributes = t->attributes;
	token->attribute_count = (size_t)(to - t->attributes);
	if (!p || p == end) {
		token->is_cut = true;
		token->text = t->at;
		token->len = (size_t)(end - t->at);
		t->at = end;
		return;
	}
	t->at = p + 1;
}

/* The character after '<' makes it markup. */
static bool is_markup(const struct html_tokenizer *t, const char *p)
{
	if (p + 1 >= t->end)
		return false;
	if (p[1] == '/')
		return p + 2 < t->end && str_is_alpha(p[2]);
	return str_is_alpha(p[1]) || p[1] == '!' || p[1] == '?';
}

static void read_text(struct html_tokenizer *t, struct html_token *token)
{
	const char *stop = t->cdata_end && t->cdata_end >= t->at ? t->cdata_end : t->end;
	const char *p = t->at;

	while (p < stop) {
		p = memchr(p, '<', (size_t)(stop - p));
		if (!p)
			p = stop;
		if (p == stop || is_markup(t, p))
			break;
		p++;
	}
	token->kind = HTML_TEXT;
	token->text = t->at;
	token->len = (size_t)(p - t->at);
	t->at = p;
}

bool html_next(struct html_tokenizer *t, struct html_token *token)
{
	memset(token, 0, sizeof(*token));
	while (t->at < t->end) {
		if (t->at == t->cdata_end) {
			t->at += 3;
			t->cdata_end = NULL;
		} else if (*t->at != '<' || !is_markup(t, t->at)) {
			read_text(t, token);
			return true;
		} else if (t->at[1] == '!' || t->at[1] == '?') {
			if (skip_declaration(t))
				continue;
			token->is_cut = true;
			token->text = t->at;
			token->len = (size_t)(t->end - t->at);
			t->at = t->end;
			return true;
		} else {
			read_tag(t, token);
			return true;
		}
	}
	return false;
}

void html_skip_raw(struct html_tokenizer *t, const char *name, const char **text, size_t *len)
{
	size_t n = strlen(name);
	const char *p = t->at;

	*text = p;
	while ((p = memmem(p, (size_t)(t->end - p), "</", 2)) != NULL) {
		if ((size_t)(t->end - p) >= n + 2 && strncasecmp(p + 2, name, n) == 0 &&
			(p + 2 + n == t->end || ends_name(p[2 + n])))
			break;
		p += 2;
	}
	*len = (size_t)((p ? p : t->end) - *text);
	t->at = p ? p : t->end;
	if (p)
		skip_past(t, p, ">", 1);
	if (t->cdata_end && t->cdata_end < t->at)
		t->cdata_end = NULL;
}
