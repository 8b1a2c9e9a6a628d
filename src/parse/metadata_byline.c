#include "parse/metadata_byline.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_features.h"
#include "parse/extract_hints.h"

#include <string.h>

enum {
	NEAR_BEFORE = 6,  /* blocks before the headline where a byline may stand */
	NEAR_BEHIND = 14, /* ... and behind it */
	BYLINE_WORDS = 30,
	DATED_WORDS = 10, /* of a byline that is a name and a date */
};

/* Blocks around the headline, where bylines and dates stand. */
static void near_headline(
	const struct page_blocks *blocks, const char *title, size_t *from, size_t *to)
{
	size_t at = headline_block(blocks, title);

	if (at == BLOCK_NONE)
		at = 0;
	*from = at > NEAR_BEFORE ? at - NEAR_BEFORE : 0;
	*to = at + NEAR_BEHIND < blocks->block_count ? at + NEAR_BEHIND : blocks->block_count;
}

/* Hints of a block and of the elements just above it. */
static uint32_t hints_near(const struct page_blocks *blocks, const struct block *block)
{
	const struct element *element = &blocks->elements[block->element];
	uint32_t hints = block->hints;
	int level;

	for (level = 0; level < 3 && element->parent > 1; level++) {
		hints |= element->hints;
		element = &blocks->elements[element->parent];
	}
	return hints;
}

/* What follows "By " and its like; NULL: the text does not begin so. */
static const char *behind_by(const char *text)
{
	static const char *const words[] = {"by ", "by: ", "written by ",
		"written by: ", "posted by ", "posted by: ", "published by ", "author: ", "author ",
		"article by ", "story by ", "words by ", "authored by ", "contributed by ",
		"reviewed by ", "text by ", "von ", "par ", "por ", "di ", "door ", "av ",
		"door: ", "de "};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_istarts(text, words[i]))
			return text + strlen(words[i]);
	}
	return NULL;
}

/* Short words of languages that may be no names are believed only where markup agrees. */
static bool is_sure_by(const char *text)
{
	return str_istarts(text, "by ") || str_istarts(text, "by:") || str_ifind(text, " by ") ||
	       str_istarts(text, "author:");
}

/* A block that announces the name in the next one. */
static bool is_label(const char *text)
{
	static const char *const labels[] = {"by", "by:", "author", "author:", "authors",
		"authors:", "author(s)", "written by", "written by:", "posted by",
		"posted by:", "article by", "words by", "story by", "contributors:", "published by",
		"autor", "autor:", "von"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(labels); i++) {
		if (str_ieq(text, labels[i]))
			return true;
	}
	return false;
}

/* What follows "by" in a text is a name in one word, or with a capital; "by our own team" has none.
 */
static void names_behind_by(const char *rest, struct arena *arena, struct value_list *names)
{
	rest += strspn(rest, " ");
	if (*rest < 'a' || *rest > 'z' || !strchr(rest, ' ') || str_starts(rest, "the "))
		metadata_names(arena, rest, names);
}

static void names_in_block(
	const struct page_blocks *blocks, size_t i, struct arena *arena, struct value_list *names)
{
	const struct block *block = &blocks->blocks[i];
	const char *text = block_text(blocks, i), *rest;
	bool has_hint = hints_near(blocks, block) & (1u << HINT_AUTHOR);

	if (block->words > BYLINE_WORDS)
		return;
	if (is_label(text) && i + 1 < blocks->block_count && blocks->blocks[i + 1].words <= 6) {
		metadata_names(arena, block_text(blocks, i + 1), names);
		return;
	}
	rest = behind_by(text);
	if (rest && (has_hint || is_sure_by(text))) {
		names_behind_by(rest, arena, names);
		return;
	}
	rest = str_ifind(text, " by ");
	if (rest && (has_hint || block->phrases & (1u << PHRASE_DATE) || block->words <= 12) &&
		rest[4] >= 'A' && rest[4] <= 'Z')
		metadata_names(arena, rest + 4, names);
}

static bool has_date(const struct page_blocks *blocks, size_t i)
{
	struct text_date date;

	return i < blocks->block_count && blocks->blocks[i].words <= 10 &&
	       metadata_find_dates(block_text(blocks, i), &date, 1) > 0;
}

/* Two or three words with capitals and nothing else are taken for a name. */
static void name_of_words(const char *text, struct arena *arena, struct value_list *names)
{
	char *name = str_trim(arena_strdup(arena, text)), *s;
	size_t words = 1, len = strlen(name);

	while (len > 0 && strchr(",|-/ \xB7\xC2\xA2\x80\xE2", name[len - 1]))
		name[--len] = '\0';
	if (len == 0 || *name < 'A' || *name > 'Z')
		return;
	for (s = name; *s; s++) {
		if (str_is_digit(*s) || strchr("|:;!?()", *s))
			return;
		if (*s == ' ') {
			words++;
			if (s[1] >= 'a' && s[1] <= 'z')
				return;
		}
	}
	if (words >= 2 && words <= 3)
		metadata_names(arena, name, names);
}

/* Two or three words with capitals before or behind a date: mostly a name. */
static void name_beside_date(
	const struct page_blocks *blocks, size_t i, struct arena *arena, struct value_list *names)
{
	const struct block *block = &blocks->blocks[i];
	const struct element *element = &blocks->elements[block->element];

	if (block->words < 2 || block->words > 3 || block->stops || block->digits ||
		element->tag == TAG_HEADING || block->uppers < 2 || block->uppers > 4 ||
		hints_near(blocks, block) & (1u << HINT_NAV | 1u << HINT_META | 1u << HINT_RELATED))
		return;
	if ((i > 0 && has_date(blocks, i - 1)) || has_date(blocks, i + 1))
		metadata_names(arena, block_text(blocks, i), names);
}

/* "Ada Lind · May 3, 2026", "12 min read | May 3, 2026 | Ada Lind": what is left is a name. */
static void name_around_date(
	const struct page_blocks *blocks, size_t i, struct arena *arena, struct value_list *names)
{
	const struct block *block = &blocks->blocks[i];
	const char *text = block_text(blocks, i), *rest;
	struct text_date date;

	if (block->words > DATED_WORDS || block->stops > 1 ||
		!metadata_find_dates(text, &date, 1) ||
		hints_near(blocks, block) & (1u << HINT_NAV | 1u << HINT_RELATED | 1u << HINT_CARD))
		return;
	if (date.at > 0) {
		name_of_words(arena_strndup(arena, text, date.at), arena, names);
		return;
	}
	rest = text + date.end;
	rest += strcspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	name_of_words(rest, arena, names);
}

/* A text beside the headline that says so: "By Ada Lind". */
static void said_names(const struct page_blocks *blocks, const char *title, struct arena *arena,
	struct value_list *names)
{
	size_t from, to, i;

	near_headline(blocks, title, &from, &to);
	for (i = from; i < to && names->count == 0; i++)
		names_in_block(blocks, i, arena, names);
}

/* What else people see: an element that is called so, a name beside a date, a box below. */
static void visible_names(const struct page_blocks *blocks, const char *title, struct arena *arena,
	struct value_list *names)
{
	size_t from, to, i;

	near_headline(blocks, title, &from, &to);
	for (i = from; i < to && names->count == 0; i++) {
		const struct block *block = &blocks->blocks[i];

		if (block->words >= 2 && block->words <= 5 && block->stops == 0 &&
			hints_near(blocks, block) & (1u << HINT_AUTHOR)) {
			const char *rest = behind_by(block_text(blocks, i));

			names_behind_by(rest ? rest : block_text(blocks, i), arena, names);
		}
	}
	for (i = from; i < to && names->count == 0; i++)
		name_beside_date(blocks, i, arena, names);
	for (i = from; i < to && names->count == 0; i++)
		name_around_date(blocks, i, arena, names);
	for (i = to; i < blocks->block_count && names->count == 0; i++) {
		if (is_label(block_text(blocks, i)) ||
			str_istarts(block_text(blocks, i), "written by "))
			names_in_block(blocks, i, arena, names);
	}
	/* author boxes stand below the article */
	for (i = to; i < blocks->block_count && names->count == 0; i++) {
		const struct block *block = &blocks->blocks[i];

		if (block->words <= 8 && hints_near(blocks, block) & (1u << HINT_AUTHOR) &&
			!(hints_near(blocks, block) & (1u << HINT_COMMENT)))
			names_in_block(blocks, i, arena, names);
	}
}

static bool is_publisher(const struct metadata *meta, const char *name)
{
	const char *sites[] = {meta->head.site, meta->ld.site};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sites); i++) {
		if (!str_is_empty(sites[i]) &&
			(str_istarts(name, sites[i]) || str_istarts(sites[i], name)))
			return true;
	}
	return false;
}

/* The name of an account, of a system that writes pages: "ada.lind", "AdaL", "team". */
static bool is_account(const struct value_list *names)
{
	return names->count == 1 && !strchr(names->values[0], ' ');
}

static bool has_full_name(const struct value_list *names)
{
	return names->count > 0 && strchr(names->values[0], ' ');
}

static bool knows_other(const struct value_list *const *lists, size_t count, size_t than)
{
	size_t i;

	for (i = than + 1; i < count; i++) {
		if (lists[i]->count > 0 && !str_ieq(lists[i]->values[0], lists[than]->values[0]))
			return true;
	}
	return false;
}

void metadata_choose_byline(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article)
{
	struct value_list said = {0}, visible = {0}, entry = {0}, linked = {0};
	const struct value_list *from[7];
	struct buf line = {0};
	size_t i, k, count = 0;

	said_names(blocks, meta->title, &article->arena, &said);
	visible_names(blocks, meta->title, &article->arena, &visible);
	linked = meta->linked;
	linked.count = linked.count > 0; /* others are authors of teasers */
	if (job->entry_author)
		metadata_names(&article->arena, job->entry_author, &entry);
	from[count++] = &meta->ld.authors;
	from[count++] = &meta->item.authors;
	from[count++] = &meta->head.authors;
	from[count++] = &entry;
	from[count++] = &said;
	from[count++] = &visible;
	from[count++] = &linked;
	for (k = 0; k < count && line.len == 0; k++) {
		if (is_account(from[k]) && has_full_name(&said))
			continue;
		for (i = 0; i < from[k]->count && i < 8; i++) {
			/* a name that is the publisher's is no byline where another is known */
			if (k < 3 && from[k]->count == 1 && knows_other(from, count, k) &&
				is_publisher(meta, from[k]->values[i]))
				continue;
			if (line.len > 0)
				buf_puts(&line, ", ");
			buf_puts(&line, from[k]->values[i]);
		}
	}
	if (line.len > 0)
		article->byline = arena_strdup(&article->arena, buf_text(&line));
	buf_finish(&line);
}
