#include "parse/metadata_byline.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_features.h"
#include "parse/extract_hints.h"

#include <string.h>

enum {
	NEAR_BEFORE = 6,  /* blocks before the headline where a byline may stand */
	NEAR_BEHIND = 14, /* ... and behind it */
	LABEL_WORDS = 8,
	BYLINE_WORDS = 30,
	REPORTER_WORDS = 4,
	DATED_WORDS = 10, /* of a byline that is a name and a date */
	AUTHORS_MAX = 8,  /* more are no byline */
	SURE_SOURCES = 5, /* metadata, the entry, and a text that says "by" */
};

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

/* Where the names of a page are looked for, and where they go. */
struct byliner {
	const struct page_blocks *blocks;
	const struct metadata *meta;
	struct arena *arena;
	const char *language; /* of the page; "": not known */
	size_t from, to;      /* the blocks around the headline */
};

/* Blocks around the headline, where bylines and dates stand. */
static void near_headline(struct byliner *b)
{
	size_t at = metadata_headline(b->meta, b->blocks, b->arena);

	if (at == BLOCK_NONE)
		at = 0;
	b->from = at > NEAR_BEFORE ? at - NEAR_BEFORE : 0;
	b->to = at + NEAR_BEHIND < b->blocks->block_count ? at + NEAR_BEHIND
							  : b->blocks->block_count;
}

/* What stands before a name. */
struct by_word {
	const char *word;
	const char *language; /* in which it says nothing else; NULL: in any */
};

static const struct by_word by_words[] = {
	{"by ", NULL}, {"by: ", NULL}, {"written by ", NULL}, {"written by: ", NULL},
	{"posted by ", NULL}, {"posted by: ", NULL}, {"published by ", NULL}, {"author: ", NULL},
	{"author ", "?"}, {"article by ", NULL}, {"article by: ", NULL}, {"story by ", NULL},
	{"words by ", NULL}, {"authored by ", NULL}, {"contributed by ", NULL},
	{"reviewed by ", NULL}, {"text by ", NULL}, {"autor: ", NULL}, {"autora: ", NULL},
	{"auteur: ", NULL}, {"auteur : ", NULL}, {"autore: ", NULL}, {"geschrieben von ", NULL},
	{"von ", "de"}, {"par ", "fr"}, {"por ", "es"}, {"por ", "pt"}, {"di ", "it"},
	{"door ", "nl"}, {"door: ", NULL}, {"av ", "sv"}, {"av ", "no"}, {"av ", "nb"},
	{"af ", "da"}, {"de ", "?"}, {"\xD8\xA8\xD9\x82\xD9\x84\xD9\x85 ", NULL}, /* Arabic */
	{"\xD7\x9E\xD7\x90\xD7\xAA ", NULL},                                      /* Hebrew */
	{"\xD7\x9E\xD7\x90\xD7\xAA: ", NULL},
	{"\xD9\x86\xD9\x88\xDB\x8C\xD8\xB3\xD9\x86\xD8\xAF\xD9\x87: ", NULL}, /* Persian */
	{"von: ", NULL}, {"ein bericht von ", NULL}, {"propos recueillis par ", NULL},
	{"a cura di ", NULL}, {"teksti: ", NULL}, {"yazan: ", NULL}, {"oleh: ", NULL},
	{"oleh ", "id"}, {"\xC3\x8Drta: ", NULL}, /* Hungarian */
	{"T\xC3\xA1"
	 "c gi\xE1\xBA\xA3: ",
		NULL},                                                /* Vietnamese */
	{"\xE0\xB9\x82\xE0\xB8\x94\xE0\xB8\xA2 ", NULL},              /* Thai */
	{"\xE0\xA4\xB2\xE0\xA5\x87\xE0\xA4\x96\xE0\xA4\x95: ", NULL}, /* Hindi */
	{"\xE6\x96\x87\xEF\xBC\x9A", NULL},                           /* Japanese, Chinese */
};

/* What a name stands behind, anywhere in a line: author, reporter, text in other scripts. */
static const char *const inner_labels[] = {"\xE4\xBD\x9C\xE8\x80\x85\xEF\xBC\x9A",
	"\xE8\xA8\x98\xE8\x80\x85\xEF\xBC\x9A", "\xE8\xAE\xB0\xE8\x80\x85\xEF\xBC\x9A",
	"\xE8\x91\x97\xE8\x80\x85\xEF\xBC\x9A", "\xE7\xAD\x86\xE8\x80\x85\xEF\xBC\x9A",
	"\xE4\xBD\x9C\xE8\x80\x85:", "\xE8\xAE\xB0\xE8\x80\x85:",
	"\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD1\x80: ", "\xD0\xA2\xD0\xB5\xD0\xBA\xD1\x81\xD1\x82: ",
	"\xD9\x83\xD8\xAA\xD8\xA8: ", "\xD9\x83\xD8\xAA\xD8\xA8\xD8\xAA: ",
	"\xD8\xA8\xD9\x82\xD9\x84\xD9\x85: "};

/*
 * What follows "By " and its like; NULL: the text does not begin so. *is_sure: the word says
 * nothing else in the page's language; short words of other languages need markup that agrees.
 */
static const char *behind_by(const struct byliner *b, const char *text, bool *is_sure)
{
	const char *rest = NULL;
	size_t i;

	*is_sure = false;
	for (i = 0; i < ARRAY_LEN(by_words) && !*is_sure; i++) {
		if (!str_istarts(text, by_words[i].word))
			continue;
		rest = text + strlen(by_words[i].word);
		*is_sure = !by_words[i].language || str_istarts(b->language, by_words[i].language);
	}
	return rest;
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

/* Whether what follows on a name leads to a further one. */
static bool joins_names(const char *text)
{
	static const char *const joints[] = {"and ", "& ", "with ", "und ", "et ", "y ", "e ",
		"och ", "og ", "en ", "i ", ",", ";", "/", "|"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(joints); i++) {
		if (str_istarts(text, joints[i]))
			return true;
	}
	return false;
}

/*
 * A name that an element or a line holds alone: "<b>By Ada Lind</b><br>Harbour Reporter", of which
 * the block says "By Ada Lind Harbour Reporter". rest: what follows "By " in the block.
 */
static const char *name_alone(const struct byliner *b, size_t i, const char *rest)
{
	const xmlNode *top = b->blocks->elements[b->blocks->blocks[i].element].node, *node;
	const char *found = rest, *behind;
	bool is_sure;
	size_t len;
	char *text;

	for (node = top->children; node && found == rest; node = html_next_node(node, top)) {
		if (node->type != XML_TEXT_NODE || metadata_block(node) != i)
			continue;
		text = str_collapse(arena_strdup(b->arena, (const char *)node->content));
		behind = behind_by(b, text, &is_sure);
		behind = behind ? behind + strspn(behind, " ") : text;
		len = strlen(behind);
		if (strchr(behind, ' ') && !strchr(",;&/|", behind[len - 1]) &&
			str_starts(rest, behind) && rest[len] == ' ' &&
			!joins_names(rest + len + 1))
			found = behind;
	}
	return found;
}

/* What follows "by" in a text is a name in one word, or with a capital; "by our own team" has none.
 */
static void names_behind_by(
	const struct byliner *b, size_t i, const char *rest, struct value_list *names)
{
	struct arena *arena = b->arena;
	const char *next;

	rest = name_alone(b, i, rest + strspn(rest, " "));
	next = strchr(rest, ' ');
	if (*rest < 'a' || *rest > 'z' || !next || !str_is_alpha(next[1]) ||
		str_starts(rest, "the "))
		metadata_names(arena, rest, names);
}

/* "本报记者 name", "記者 name": a reporter of the paper's, in a line of no more. */
static bool name_behind_reporter(const struct byliner *b, size_t i, struct value_list *names)
{
	static const char *const words[] = {
		"\xE8\xAE\xB0\xE8\x80\x85 ", "\xE8\xA8\x98\xE8\x80\x85 "};
	const struct block *block = &b->blocks->blocks[i];
	const char *text = block_text(b->blocks, i), *found = strstr(text, words[0]);

	if (!found)
		found = strstr(text, words[1]);
	if (!found || block->stops > 0 || block->words > LABEL_WORDS ||
		str_ends(text, "\xE6\x91\x84") || str_ends(text, "\xE5\x9B\xBE"))
		return false; /* who took a picture */
	metadata_names(b->arena, found + strlen(words[0]), names);
	return true;
}

/* "name gija", with an address or alone: beside the headline or where an article ends in Korea. */
static void name_before_reporter(const struct byliner *b, size_t i, struct value_list *names)
{
	static const char reporter[] = " \xEA\xB8\xB0\xEC\x9E\x90";
	const struct block *block = &b->blocks->blocks[i];
	const char *text = block_text(b->blocks, i);
	const char *found = strstr(text, reporter), *space = strchr(text, ' ');

	if (found && found == space && block->words <= REPORTER_WORDS &&
		(strchr(found, '@') || str_eq(found, reporter)))
		metadata_names(
			b->arena, arena_strndup(b->arena, text, (size_t)(found - text)), names);
}

static bool names_behind_label(const struct byliner *b, const char *text, struct value_list *names)
{
	const char *found;
	size_t i;

	for (i = 0; i < ARRAY_LEN(inner_labels); i++) {
		found = strstr(text, inner_labels[i]);
		if (found) {
			metadata_names(b->arena, found + strlen(inner_labels[i]), names);
			return true;
		}
	}
	return false;
}

/* "By hand", a section of a manual or the link to it. */
static bool is_section(const struct byliner *b, size_t i, const char *rest)
{
	const struct block *block = &b->blocks->blocks[i];
	const struct element *own = &b->blocks->elements[block->element];

	return *rest >= 'a' && *rest <= 'z' &&
	       ((block->anchors > 0 && block->link_words * 2 >= block->words) ||
		       own->tag == TAG_HEADING ||
		       b->blocks->elements[own->parent].tag == TAG_HEADING);
}

/* "Powered by" a program, which wrote nothing. */
static bool says_maker(const char *text)
{
	static const char *const words[] = {"powered by ", "hosted by ", "theme by ",
		"designed by ", "generated by ", "made by "};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ifind(text, words[i]))
			return true;
	}
	return false;
}

static bool is_of_account(const xmlNode *link)
{
	const char *name = html_attr(link, "class");

	return name && (str_ifind(name, "author") || str_ifind(name, "user"));
}

/* "212 points by <a class=user>ada</a> 5 hours ago", as lists of links say of who sent one. */
static bool names_account(const struct byliner *b, size_t i, struct value_list *names)
{
	const xmlNode *top = b->blocks->elements[b->blocks->blocks[i].element].node, *node;
	struct buf text = {0};
	bool is_by = false;
	const char *said;

	for (node = top->children; node && names->count == 0; node = html_next_node(node, top)) {
		if (node->type == XML_TEXT_NODE) {
			said = str_trim(arena_strdup(b->arena, (const char *)node->content));
			if (*said)
				is_by = str_ieq(said, "by") || str_ends(said, " by");
		} else if (is_by && tag_of(node) == TAG_LINK && is_of_account(node) &&
			   metadata_block(node->children) == i) {
			buf_clear(&text);
			html_text(node, &text);
			if (strchr(buf_text(&text), ' '))
				break; /* a full name, maybe of several */
			metadata_names(b->arena, buf_text(&text), names);
		}
	}
	buf_finish(&text);
	return names->count > 0;
}

static void names_in_block(const struct byliner *b, size_t i, struct value_list *names)
{
	const struct block *block = &b->blocks->blocks[i];
	const char *text = block_text(b->blocks, i), *rest;
	bool has_hint = hints_near(b->blocks, block) & (1u << HINT_AUTHOR), is_sure;

	if (block->words > BYLINE_WORDS || names_behind_label(b, text, names) ||
		(block->links > 0 && names_account(b, i, names)) ||
		name_behind_reporter(b, i, names))
		return;
	if (is_label(text) && i + 1 < b->blocks->block_count &&
		b->blocks->blocks[i + 1].words <= 6) {
		metadata_names(b->arena, block_text(b->blocks, i + 1), names);
		return;
	}
	rest = behind_by(b, text, &is_sure);
	if (rest && !is_section(b, i, rest) && (has_hint || is_sure || str_ifind(text, " by "))) {
		names_behind_by(b, i, rest, names);
		return;
	}
	rest = says_maker(text) ? NULL : str_ifind(text, " by ");
	if (rest &&
		(has_hint || block->phrases & (1u << PHRASE_DATE) ||
			(block->words <= 12 &&
				(block->stops == 0 || str_ifind(text, "written by ")))) &&
		rest[4] >= 'A' && rest[4] <= 'Z')
		metadata_names(b->arena, rest + 4, names);
}

static bool has_date(const struct page_blocks *blocks, size_t i)
{
	struct text_date date;

	return i < blocks->block_count && blocks->blocks[i].words <= 10 &&
	       metadata_find_dates(block_text(blocks, i), &date, 1) > 0;
}

static bool is_publisher(const struct metadata *meta, const char *name)
{
	const char *sites[] = {meta->head.site, meta->ld.site, meta->item.site};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sites); i++) {
		if (!str_is_empty(sites[i]) &&
			(str_istarts(name, sites[i]) || str_istarts(sites[i], name)))
			return true;
	}
	return false;
}

/* A name, or the site's where it is that without its number: "Canal" of "Canal 24". */
static const char *whole_name(const struct metadata *meta, const char *name)
{
	const char *sites[] = {meta->head.site, meta->ld.site, meta->item.site};
	size_t i, len = strlen(name);

	for (i = 0; i < ARRAY_LEN(sites); i++) {
		if (!str_is_empty(sites[i]) && str_istarts(sites[i], name) &&
			sites[i][len] == ' ' &&
			sites[i][len + strspn(sites[i] + len, " 0123456789")] == '\0')
			return sites[i];
	}
	return name;
}

/* The last column of a line that has more than one word: not "Thursday". Changes the line. */
static char *last_column(char *line)
{
	char *bar = strrchr(line, '|');

	while (bar && !strchr(str_trim(bar + 1), ' ')) {
		*bar = '\0';
		bar = strrchr(line, '|');
	}
	return str_trim(bar ? bar + 1 : line);
}

/* Two or three words with capitals and nothing else are taken for a name. */
static void name_of_words(const struct byliner *b, const char *text, struct value_list *names)
{
	char *name = last_column(arena_strdup(b->arena, text)), *s;
	size_t words = 1, len = strlen(name);

	while (len > 0 && strchr(",|-/ \xB7\xC2\xA2\x80\xE2", name[len - 1]))
		name[--len] = '\0';
	if (len == 0 || *name < 'A' || *name > 'Z' || is_publisher(b->meta, name))
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
		metadata_names(b->arena, name, names);
}

/* "Release Number" before what it is. */
static bool is_named_label(const struct element *element)
{
	const char *name = html_attr(element->node, "class");

	return name && str_ifind(name, "label");
}

/* Two or three words with capitals before or behind a date: mostly a name. */
static void name_beside_date(const struct byliner *b, size_t i, struct value_list *names)
{
	const struct block *block = &b->blocks->blocks[i];
	const struct element *element = &b->blocks->elements[block->element];

	if (block->words < 2 || block->words > 3 || block->stops || block->digits ||
		element->tag == TAG_HEADING || element->tag == TAG_CAPTION ||
		str_ends(block_text(b->blocks, i), ":") || is_named_label(element) ||
		block->uppers < 2 || block->uppers > 4 ||
		is_publisher(b->meta, block_text(b->blocks, i)) ||
		(b->meta->title && str_ieq(b->meta->title, block_text(b->blocks, i))) ||
		hints_near(b->blocks, block) &
			(1u << HINT_NAV | 1u << HINT_META | 1u << HINT_RELATED))
		return;
	if ((i > 0 && has_date(b->blocks, i - 1)) || has_date(b->blocks, i + 1))
		metadata_names(b->arena, block_text(b->blocks, i), names);
}

/* "Ada Lind · May 3, 2026", "12 min read | May 3, 2026 | Ada Lind": what is left is a name. */
static void name_around_date(const struct byliner *b, size_t i, struct value_list *names)
{
	const struct block *block = &b->blocks->blocks[i];
	const char *text = block_text(b->blocks, i), *rest;
	struct text_date date;

	if (block->words > DATED_WORDS || block->stops > 1 ||
		!metadata_find_dates(text, &date, 1) ||
		hints_near(b->blocks, block) &
			(1u << HINT_NAV | 1u << HINT_RELATED | 1u << HINT_CARD))
		return;
	if (date.at > 0) {
		name_of_words(b, arena_strndup(b->arena, text, date.at), names);
		return;
	}
	rest = text + date.end;
	rest += strcspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	name_of_words(b, rest, names);
}

/* "Ada Lind <a href="mailto:...">ada at example</a> 4 May 2026", as archives of mailing lists say.
 */
static void name_before_address(const struct byliner *b, size_t i, struct value_list *names)
{
	const struct block *block = &b->blocks->blocks[i];
	const xmlNode *top = b->blocks->elements[block->element].node, *node;
	const char *text = block_text(b->blocks, i), *at = NULL, *href;
	struct text_date date;
	struct buf address = {0};

	if (block->links != 1 || block->words > BYLINE_WORDS ||
		metadata_find_dates(text, &date, 1) == 0)
		return;
	for (node = top->children; node && !at; node = html_next_node(node, top)) {
		if (tag_of(node) != TAG_LINK || metadata_block(node->children) != i)
			continue;
		href = html_attr(node, "href");
		if (!href || !str_istarts(href, "mailto:"))
			continue;
		buf_clear(&address);
		html_text(node, &address);
		at = address.len > 0 ? strstr(text, buf_text(&address)) : NULL;
	}
	if (at && date.at > (size_t)(at - text))
		metadata_names(b->arena, arena_strndup(b->arena, text, (size_t)(at - text)), names);
	buf_finish(&address);
}

/* A text beside the headline that says so: "By Ada Lind". */
static void said_names(const struct byliner *b, struct value_list *names)
{
	size_t i;

	for (i = b->from; i < b->to && names->count == 0; i++)
		names_in_block(b, i, names);
	for (i = b->from; i < b->to && names->count == 0; i++)
		name_before_address(b, i, names);
}

/* "Lunde: Ada Lind", of which the name is a link. */
static bool names_behind_place(const struct byliner *b, size_t i, struct value_list *names)
{
	const struct block *block = &b->blocks->blocks[i];
	const xmlNode *top = b->blocks->elements[block->element].node, *node;
	const char *colon = strchr(block_text(b->blocks, i), ':');
	struct buf text = {0};

	if (!colon || block->links == 0)
		return false;
	for (node = top->children; node; node = html_next_node(node, top)) {
		if (tag_of(node) != TAG_LINK || metadata_block(node->children) != i)
			continue;
		buf_clear(&text);
		html_text(node, &text);
		if (strstr(colon, buf_text(&text)))
			metadata_names(b->arena, buf_text(&text), names);
	}
	buf_finish(&text);
	return names->count > 0;
}

/* What else people see: an element that is called so, a name beside a date, a box below. */
static void visible_names(const struct byliner *b, struct value_list *names)
{
	const struct page_blocks *blocks = b->blocks;
	/* who asks in a live blog is no author; who opens a thread may be called a commenter */
	uint32_t readers = b->meta->is_ld_article ? 1u << HINT_COMMENT : 0;
	bool is_sure;
	size_t i;

	for (i = b->from; i < b->to && names->count == 0; i++) {
		const struct block *block = &blocks->blocks[i];

		if (block->words >= 2 && block->words <= 5 && block->stops == 0 &&
			*block_text(blocks, i) != '(' &&
			hints_near(blocks, block) & 1u << HINT_AUTHOR &&
			!(hints_near(blocks, block) & readers)) {
			const char *rest = behind_by(b, block_text(blocks, i), &is_sure);

			if (names_behind_place(b, i, names))
				break;
			names_behind_by(b, i, rest ? rest : block_text(blocks, i), names);
		}
	}
	for (i = b->from; i < b->to && names->count == 0; i++)
		name_beside_date(b, i, names);
	for (i = b->from; i < b->to && names->count == 0; i++)
		name_around_date(b, i, names);
	for (i = b->to; i < blocks->block_count && names->count == 0; i++) {
		if (is_label(block_text(blocks, i)) ||
			str_istarts(block_text(blocks, i), "written by "))
			names_in_block(b, i, names);
	}
	for (i = b->from; i < blocks->block_count && names->count == 0; i++)
		name_before_reporter(b, i, names);
	/* author boxes stand below the article */
	for (i = b->to; i < blocks->block_count && names->count == 0; i++) {
		const struct block *block = &blocks->blocks[i];

		if (block->words <= 8 && hints_near(blocks, block) & (1u << HINT_AUTHOR) &&
			!(hints_near(blocks, block) & (1u << HINT_COMMENT)))
			names_in_block(b, i, names);
	}
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

static bool has_account(const struct value_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (!strchr(list->values[i], ' ') && (unsigned char)*list->values[i] < 0x80)
			return true;
	}
	return false;
}

/* Whether a list has all names of another, and more, as bylines with several authors do. */
static bool has_more(const struct value_list *list, const struct value_list *than)
{
	size_t i, k;

	if (list->count <= than->count || list->count > AUTHORS_MAX || has_account(list))
		return false;
	for (i = 0; i < than->count; i++) {
		for (k = 0; k < list->count && !str_ieq(list->values[k], than->values[i]); k++)
			continue;
		if (k == list->count)
			return false;
	}
	return true;
}

/* Names without the site's own behind them: "Ada Lind, The Herald". */
static void drop_site(const struct metadata *meta, struct value_list *names)
{
	const char *sites[] = {meta->head.site, meta->ld.site, meta->item.site};
	size_t i, k, count = names->count > 0;

	for (i = 1; i < names->count; i++) {
		for (k = 0; k < ARRAY_LEN(sites) && !str_ieq(names->values[i], sites[k]); k++)
			continue;
		if (k == ARRAY_LEN(sites))
			names->values[count++] = names->values[i];
	}
	names->count = count;
}

void metadata_choose_byline(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article)
{
	struct value_list ld = meta->ld.authors, item = meta->item.authors,
			  head = meta->head.authors;
	struct value_list said = {0}, visible = {0}, entry = {0}, linked = {0};
	const struct value_list *from[7];
	struct byliner b = {.blocks = blocks,
		.meta = meta,
		.arena = &article->arena,
		.language = article->language ? article->language : ""};
	struct buf line = {0};
	size_t i, k, count = 0;

	near_headline(&b);
	said_names(&b, &said);
	visible_names(&b, &visible);
	linked = meta->linked;
	linked.count = linked.count > 0; /* others are authors of teasers */
	if (has_account(&linked))
		linked.count = 0; /* ... or readers who comment */
	if (job->entry_author)
		metadata_names(&article->arena, job->entry_author, &entry);
	drop_site(meta, &ld);
	drop_site(meta, &item);
	drop_site(meta, &head);
	from[count++] = &ld;
	from[count++] = &item;
	from[count++] = &head;
	from[count++] = &entry;
	from[count++] = &said;
	from[count++] = &visible;
	from[count++] = &linked;
	for (k = 0; k < count && line.len == 0; k++) {
		if (is_account(from[k]) && has_full_name(&said))
			continue;
		for (i = k + 1; i < SURE_SOURCES && from[k]->count > 0; i++) {
			if (has_more(from[i], from[k]))
				from[k] = from[i];
		}
		for (i = 0; i < from[k]->count && i < AUTHORS_MAX; i++) {
			/* a publisher or an outlet is no byline where another is known */
			if (k < 3 && from[k]->count == 1 && knows_other(from, count, k) &&
				(is_publisher(meta, from[k]->values[i]) ||
					metadata_is_outlet(from[k]->values[i])))
				continue;
			if (str_ieq(from[k]->values[i], meta->title))
				continue;
			if (line.len > 0)
				buf_puts(&line, ", ");
			buf_puts(&line, whole_name(meta, from[k]->values[i]));
		}
	}
	if (line.len > 0)
		article->byline = arena_strdup(&article->arena, buf_text(&line));
	buf_finish(&line);
}
