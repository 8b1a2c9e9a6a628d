/* Short lines that count, or that handle a page, and are no part of what it says: "9 Likes",
 * "6 min read", "[edit]", the numbers of the lines of a sample of code and the label above it,
 * tabs, who wrote a post of a thread. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_hints.h"

#include <string.h>

enum {
	COUNT_WORDS = 6,
	HATNOTE_WORDS = 40,
	NOTE_LEVELS = 3,
	POST_LEVELS = 8, /* elements between a vote and the post */
	TAB_LEVELS = 2,
	CONTENTS_BLOCKS = 1000, /* between a line of the contents and its heading */
	LABEL_WORDS = 5,        /* above a sample of code, with its button */
	WRITER_WORDS = 12,      /* of the line above a post */
};

/* What readers did, behind its number. */
static const char *const counted[] = {"likes", "like", "votes", "vote", "shares", "comments",
	"comment", "reactions", "replies", "reply", "views", "claps", "retweets", "upvotes",
	"ratings", "people reacted", "gef\xC3\xA4llt mir", "kommentare", "aufrufe", "commentaires",
	"comentarios", "visitas"};

/* How long a text takes to read, behind its number. */
static const char *const times[] = {"min read", "mins read", "minute read", "minutes read",
	"min. read", "min lesezeit", "min. lesezeit", "minuten lesezeit", "min de lecture",
	"minutes de lecture", "min de lectura", "min di lettura", "min leestijd"};

static const char *const handles[] = {"[edit]", "[ edit ]", "[edit source]", "[edit | edit source]",
	"[bearbeiten]", "[modifier]", "[modifier | modifier le code]", "[editar]",
	"[\xE7\xB7\xA8\xE9\x9B\x86]", "[\xE7\xBC\x96\xE8\xBE\x91]"};

static bool is_number(const char **text)
{
	const char *s = *text + strspn(*text, "(~");
	size_t digits = strspn(s, "0123456789.,");

	if (digits == 0)
		return false;
	s += digits;
	s += strspn(s, "kKmM+");
	*text = s + strspn(s, " -");
	return true;
}

static bool is_one_of(const char *text, const char *const *list, size_t count)
{
	size_t i, len = strlen(text);

	while (len > 0 && strchr(").!", text[len - 1]))
		len--;
	for (i = 0; i < count; i++) {
		if (strlen(list[i]) == len && str_istarts(text, list[i]))
			return true;
	}
	return false;
}

/* "9 Likes", "4.9 from 11 votes". */
static bool is_count(const char *text)
{
	const char *rest = text;

	if (!is_number(&rest))
		return false;
	if (str_istarts(rest, "from "))
		rest = strrchr(rest, ' ') + 1;
	return is_one_of(rest, counted, ARRAY_LEN(counted));
}

static bool is_reading_time(const char *text)
{
	const char *rest = text;

	return is_number(&rest) && is_one_of(rest, times, ARRAY_LEN(times));
}

static bool has_digits_only(const char *text)
{
	return text[strspn(text, "0123456789 \n")] == '\0';
}

/* The numbers beside a sample of code, in a cell or a column of their own. */
static bool numbers_lines(const struct page_blocks *page, size_t i)
{
	return has_digits_only(block_text(page, i)) && i + 1 < page->block_count &&
	       page->elements[page->blocks[i + 1].element].tag == TAG_PRE;
}

/* What a sample of code is written in. */
static const char *const languages[] = {"bash", "c", "c#", "c++", "clojure", "console", "cpp", "cs",
	"csharp", "css", "csv", "dart", "diff", "docker", "dockerfile", "elixir", "erlang", "go",
	"graphql", "groovy", "haskell", "hcl", "html", "http", "ini", "java", "javascript", "js",
	"json", "jsx", "julia", "kotlin", "lisp", "lua", "makefile", "markdown", "md", "mermaid",
	"nginx", "nix", "objective-c", "ocaml", "perl", "php", "plain text", "plaintext",
	"powershell", "properties", "python", "py", "r", "ruby", "rust", "rs", "scala", "scss",
	"sh", "shell", "sql", "svelte", "swift", "text", "toml", "ts", "tsx", "txt", "typescript",
	"vim", "vue", "xml", "yaml", "yml", "zig", "zsh"};

/* "js", "Python Copy" right above a sample of code. */
static bool labels_sample(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;
	const char *text = block_text(page, i);
	size_t k, len;

	if (block->words > LABEL_WORDS || i + 1 == page->block_count ||
		page->elements[page->blocks[i + 1].element].tag != TAG_PRE || tag == TAG_HEADING ||
		tag == TAG_P || tag == TAG_ITEM || tag == TAG_TERM)
		return false;
	for (k = 0; k < ARRAY_LEN(languages); k++) {
		len = strlen(languages[k]);
		if (str_istarts(text, languages[k]) &&
			(text[len] == '\0' || (text[len] == ' ' && block->button_words > 0)))
			return true;
	}
	return false;
}

/* One of a row of tabs, of which the page shows what belongs to it. */
static bool is_tab(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < TAB_LEVELS && index > 0; level++) {
		const char *role = html_attr(page->elements[index].node, "role");

		if (role && (str_eq(role, "tab") || str_eq(role, "tablist")))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

/* "For the band, see ..." above an article of an encyclopedia. */
static bool is_hatnote(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int level;

	if (page->blocks[i].words > HATNOTE_WORDS || page->blocks[i].links == 0)
		return false;
	for (level = 0; level < NOTE_LEVELS && index > 0; level++) {
		const char *name = html_attr(page->elements[index].node, "class");

		if (name && html_has_token(name, "hatnote"))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

static bool is_of_thread(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < POST_LEVELS && index > 0; level++) {
		if (page->elements[index].hints & (1u << HINT_FORUM))
			return true;
		index = page->elements[index].parent;
	}
	return is_forum(&x->signals);
}

/* What stands below each post of its writer. */
static bool is_signature(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < NOTE_LEVELS && index > 0; level++) {
		const char *name = html_attr(page->elements[index].node, "class");

		if (name && html_has_token(name, "signature"))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

/* "Ada Lind, 4 May 2026" above a post, by the name of its box; "Re: the title"; what its
 * writer has below each. */
bool extraction_heads_post(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	const struct element *element = &page->elements[block->element];
	const char *text = block_text(page, i);
	uint32_t hints = element->hints;

	if (!is_forum(&x->signals))
		return false;
	if ((element->tag == TAG_HEADING && str_istarts(text, "re: ")) || is_signature(page, i))
		return true;
	if (element->tag != TAG_P)
		hints |= block->hints | page->elements[element->parent].hints;
	return block->words <= WRITER_WORDS && block->stops == 0 && hints & 1u << HINT_AUTHOR;
}

/* A link to a heading below it, one of a list of them. */
static bool is_of_contents(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	size_t k;

	if (block->anchors == 0 || block->link_words < block->words ||
		page->elements[block->element].tag != TAG_ITEM)
		return false;
	for (k = i + 1; k < page->block_count && k <= i + CONTENTS_BLOCKS; k++) {
		if (page->blocks[k].hash == block->hash &&
			page->elements[page->blocks[k].element].tag == TAG_HEADING)
			return true;
	}
	return false;
}

bool extraction_is_count(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;
	const char *text = block_text(page, i);

	if (numbers_lines(page, i) || is_hatnote(page, i) || labels_sample(page, i) ||
		is_of_contents(page, i))
		return true;
	if (block->words > COUNT_WORDS || tag == TAG_CELL || tag == TAG_PRE || tag == TAG_HEADING)
		return false;
	if (is_one_of(text, handles, ARRAY_LEN(handles)) || is_reading_time(text) || is_count(text))
		return true;
	if (is_tab(page, i))
		return true;
	/* votes beside a post; elsewhere a number may be a chapter's */
	return tag != TAG_ITEM && has_digits_only(text) && is_of_thread(x, i);
}
