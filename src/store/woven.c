#include "store/woven.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	PIECE_MIN = 16,     /* bytes; a shorter piece of text is no shorter when woven */
	SKIPPED_MAX = 1024, /* of a text that its HTML does not have in one place */
};

/* SQLite copies the text for each piece. */
static const size_t WORK_MAX = (size_t)64 << 20;

static size_t common(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && a[len] == b[len])
		len++;
	/* no piece ends within a character */
	while (len && ((unsigned char)a[len] & 0xC0) == 0x80)
		len--;
	return len;
}

/* Where text goes on as html does; NULL: not within what may be skipped. */
static const char *find(const char *html, size_t html_len, const char *text, size_t text_len)
{
	if (html_len < PIECE_MIN)
		return NULL;
	return memmem(text, text_len < SKIPPED_MAX ? text_len : SKIPPED_MAX, html, PIECE_MIN);
}

/* The next place in html where a run of text may begin: behind a tag, an entity, white space. */
static const char *next_start(const char *html)
{
	if (*html == '<')
		return html + strcspn(html, ">") + (strchr(html, '>') != NULL);
	html += strcspn(html + 1, "<; \n") + 1;
	return *html && *html != '<' ? html + 1 : html;
}

static bool put_literal(json_t *pieces, const char *from, const char *to)
{
	return from == to ||
	       json_array_append_new(pieces, json_stringn(from, (size_t)(to - from))) == 0;
}

static bool put_piece(json_t *pieces, size_t place, size_t len)
{
	return json_array_append_new(
		       pieces, json_pack("[II]", (json_int_t)place + 1, (json_int_t)len)) == 0;
}

const char *woven_make(const char *html, const char *text, struct arena *arena)
{
	const char *at = html, *literal = html, *next = text;
	size_t html_len = html ? strlen(html) : 0, text_len = text ? strlen(text) : 0;
	json_t *pieces;
	bool is_good = html_len >= PIECE_MIN && text_len >= PIECE_MIN;
	const char *markup = NULL;
	char *json = NULL;

	if (!is_good)
		return NULL;
	pieces = json_array();
	while (is_good && *at) {
		const char *found = *at == '<' ? NULL
					       : find(at, html_len - (size_t)(at - html), next,
							 text_len - (size_t)(next - text));
		size_t len = found ? common(at, found) : 0;

		if (len < PIECE_MIN) {
			at = next_start(at);
			continue;
		}
		is_good = put_literal(pieces, literal, at) &&
			  put_piece(pieces, (size_t)(found - text), len);
		literal = at += len;
		next = found + len;
	}
	is_good = is_good && put_literal(pieces, literal, at) &&
		  json_array_size(pieces) * text_len <= WORK_MAX;
	json = is_good ? json_dumps(pieces, JSON_COMPACT) : NULL;
	if (json && strlen(json) < html_len - html_len / 4)
		markup = arena_strdup(arena, json);
	free(json);
	json_decref(pieces);
	return markup;
}
