/* Features of a block's words: whether the page's sentences, title and description have them. */
#include "parse/extract_view.h"

#include "core/hash.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_BYTES = 3000,  /* of a block that are looked at */
	SPACE_MAX = 1 << 18, /* of the table: a fourth stays free */
	WORD_BYTES = 4,      /* shorter ones say nothing */
	UNSPACED_BYTES = 6,  /* two characters of most scripts without spaces */
	OFTEN = 16,
};

struct word {
	uint32_t hash; /* 0: free */
	uint32_t last; /* 1 + the block that it was last seen in */
	uint16_t blocks, prose_blocks;
	bool is_in_title, is_in_description;
};

struct words {
	struct word *table;
	size_t space, count;
	float title, description; /* words of each */
};

/* The next word of a text; false: none is left. */
static bool next_word(const char **at, const char *end, uint32_t *hash)
{
	const char *s = *at, *start;
	uint32_t h;

	for (;;) {
		while (s < end && (unsigned char)*s < 0x80 && !str_is_alpha(*s))
			s++;
		if (s >= end)
			break;
		start = s;
		h = 2166136261u;
		for (; s < end && ((unsigned char)*s >= 0x80 || str_is_alpha(*s)); s++) {
			/* scripts without spaces: pieces of equal length, from any beginning alike
			 */
			if ((unsigned char)*start >= 0xE0 && s - start >= UNSPACED_BYTES)
				break;
			h = (h ^ (unsigned char)str_lower_char(*s)) * 16777619u;
		}
		if (s - start < WORD_BYTES)
			continue;
		*at = s;
		*hash = h ? h : 1;
		return true;
	}
	return false;
}

/* NULL: the table is full. */
static struct word *word_of(struct words *words, uint32_t hash)
{
	size_t at = hash_number(hash) & (words->space - 1);

	while (words->table[at].hash && words->table[at].hash != hash)
		at = (at + 1) & (words->space - 1);
	if (!words->table[at].hash) {
		if (words->count >= words->space / 4 * 3)
			return NULL;
		words->count++;
		words->table[at].hash = hash;
	}
	return &words->table[at];
}

static const char *text_of(const struct page_blocks *page, size_t i, const char **end)
{
	const char *text = block_text(page, i);
	size_t len = page->blocks[i].len;

	*end = text + (len < BLOCK_BYTES ? len : BLOCK_BYTES);
	return text;
}

static void count_block(struct words *words, const struct view *view, size_t i)
{
	const struct element *body = &view->page->elements[view->body];
	bool counts = i >= body->first_block && i < body->end_block &&
		      is_prose(&view->page->blocks[i]) && view->page->blocks[i].original == i;
	const char *end, *s = text_of(view->page, i, &end);
	struct word *word;
	uint32_t hash;

	while (next_word(&s, end, &hash)) {
		word = word_of(words, hash);
		if (!word || word->last == i + 1)
			continue;
		word->last = (uint32_t)i + 1;
		word->blocks += word->blocks < OFTEN;
		word->prose_blocks += counts && word->prose_blocks < OFTEN;
	}
}

static float note_text(struct words *words, const char *text, bool is_title)
{
	const char *s = text ? text : "", *end = s + strlen(s);
	struct word *word;
	uint32_t hash;
	float count = 0;

	while (next_word(&s, end, &hash)) {
		word = word_of(words, hash);
		if (!word || (is_title ? word->is_in_title : word->is_in_description))
			continue;
		*(is_title ? &word->is_in_title : &word->is_in_description) = true;
		count++;
	}
	return count;
}

static void fill_block(struct words *words, const struct view *view, size_t i, float *row)
{
	const struct element *body = &view->page->elements[view->body];
	unsigned own = i >= body->first_block && i < body->end_block &&
		       is_prose(&view->page->blocks[i]) && view->page->blocks[i].original == i;
	float count = 0, known = 0, often = 0, title = 0, description = 0;
	const char *end, *s = text_of(view->page, i, &end);
	struct word *word;
	uint32_t hash;

	while (next_word(&s, end, &hash)) {
		word = word_of(words, hash);
		if (!word || word->last == i + 1)
			continue;
		word->last = (uint32_t)i + 1;
		count++;
		known += word->prose_blocks > own;
		often += word->prose_blocks;
		title += word->is_in_title;
		description += word->is_in_description;
	}
	row[0] = count > 0 ? known / count : -1;
	row[1] = count > 0 ? often / count : -1;
	row[2] = share(title, count);
	row[3] = share(title, words->title);
	row[4] = share(description, count);
	row[5] = share(description, words->description);
}

void fill_words(const struct view *view, float *rows)
{
	const struct page_blocks *page = view->page;
	struct words words = {.space = 1024};
	size_t i;

	while (words.space < page->text.len / 4 && words.space < SPACE_MAX)
		words.space *= 2;
	words.table = xcalloc(words.space, sizeof(*words.table));
	words.title = note_text(&words, view->signals->title, true);
	words.description = note_text(&words, view->signals->description, false);
	for (i = 0; i < page->block_count; i++)
		count_block(&words, view, i);
	for (i = 0; i < words.space; i++)
		words.table[i].last = 0;
	for (i = 0; i < page->block_count; i++)
		fill_block(&words, view, i, rows + i * FEATURE_COUNT_2);
	free(words.table);
}
