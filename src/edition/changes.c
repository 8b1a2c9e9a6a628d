#include "edition/changes.h"

#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHOWN = 4,     /* paragraphs of each kind */
	LENGTH = 300,  /* characters of one */
	BLOCKS = 2000, /* paragraphs of a text that are compared */
};

/* A text as its paragraphs. */
struct blocks {
	struct buf text;
	char *list[BLOCKS]; /* into text */
	size_t count;
};

static void split(const char *html, struct blocks *blocks)
{
	char *p, *next;

	memset(blocks, 0, sizeof(*blocks));
	markup_to_text(html ? html : "", 0, &blocks->text);
	for (p = blocks->text.data; p && *p && blocks->count < BLOCKS; p = next) {
		next = strstr(p, "\n\n");
		if (next) {
			*next = '\0';
			next += 2;
		}
		if (*str_collapse(p))
			blocks->list[blocks->count++] = p;
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *cut(const char *text, struct arena *arena)
{
	size_t len = strlen(text), i = 0, size, n = 0;

	for (; i < len && n < LENGTH; i += size, n++)
		utf8_decode(text + i, len - i, &size);
	if (i >= len)
		return arena_strdup(arena, text);
	while (i > 0 && text[i] != ' ' && (unsigned char)text[i] < 0x80)
		i--;
	return arena_printf(arena, "%.*s\xE2\x80\xA6", (int)i, text);
}

/* What `of` has and `other` has not, in its order. */
static size_t only_in(const struct blocks *of, const struct blocks *other, const char *const **list,
	struct arena *arena)
{
	char **sorted = xreallocarray(NULL, other->count + 1, sizeof(*sorted));
	const char **found = arena_calloc(arena, SHOWN, sizeof(*found));
	size_t i, count = 0;

	memcpy(sorted, other->list, other->count * sizeof(*sorted));
	qsort(sorted, other->count, sizeof(*sorted), compare);
	for (i = 0; i < of->count && count < SHOWN; i++) {
		if (!bsearch(&of->list[i], sorted, other->count, sizeof(*sorted), compare))
			found[count++] = cut(of->list[i], arena);
	}
	free(sorted);
	*list = found;
	return count;
}

const struct edition_changes *changes_find(const char *title_before, const char *html_before,
	const char *title, const char *html, struct arena *arena)
{
	struct edition_changes *changes = arena_calloc(arena, 1, sizeof(*changes));
	struct blocks *before = xcalloc(1, sizeof(*before)), *now = xcalloc(1, sizeof(*now));

	if (!str_is_empty(title_before) && title && !str_eq(title_before, title))
		changes->title_before = arena_strdup(arena, title_before);
	/* Without the earlier text all would be new. */
	if (!str_is_empty(html_before) && !str_is_empty(html)) {
		split(html_before, before);
		split(html, now);
		changes->added_count = only_in(now, before, &changes->added, arena);
		changes->removed_count = only_in(before, now, &changes->removed, arena);
	}
	buf_finish(&before->text);
	buf_finish(&now->text);
	free(before);
	free(now);
	return changes->title_before || changes->added_count || changes->removed_count ? changes
										       : NULL;
}
