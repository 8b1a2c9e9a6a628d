/* Corrections: what stands above an article: its title, standfirst, byline, day and tools. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/metadata_title.h"
#include "parse/text.h"

#include <string.h>

enum {
	HOUR_WORDS = 6, /* behind the day in a date line */
	DATE_LINE_WORDS = 20,
	SHARE_WORDS = 4,
	SMALL_LEVEL = 5,    /* of a heading that heads nothing */
	SHARE_LEVELS = 4,   /* elements above a block that are looked at */
	SHARED_WORDS = 200, /* of a box that shares the page */
	NAME_WORDS = 6,
	NAMES_WORDS = 60, /* of a box of names and what they are */
	BY_BYTES = 5,     /* of a word before a name */
	DATED_WORDS = 5,
	MOMENT_WORDS = 14, /* of a line with names, an hour and a day */
	TOOL_WORDS = 40,
	PROSE_WORDS = 12,
	STANDFIRST_BLOCKS = 6,
	TOOLS_BLOCKS = 40,    /* behind the headline, where nothing is kept before */
	STANDFIRST_WORDS = 6, /* fewer are a button: "Summarize this page for me" */
	REWORDED_MIN = 5,
	TITLE_WORDS_MAX = 25, /* a longer one is the text of a post */
	SAID_BYTES = 40,      /* of a description, that a longer one begins with */
};

/* Of the title's words, in a heading that says it otherwise. */
static const float reworded_share = 0.6f;

/* Of the page's sentences, in a header. */
static const float head_share_max = 0.1f;

/* A sentence amid buttons of which it is surer than this is none of them. */
static const float tool_score = 0.6f;

/* What the model must grant to a sentence below the headline. */
static const float below_score = 0.15f;

/* A sentence or two in a heading right below the headline, or a line in a header that holds both
 * and no text. */
static bool is_subheadline(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];
	const struct element *own = &x->blocks.elements[block->element];

	if (i > 0 && own->level > 1 &&
		x->blocks.elements[x->blocks.blocks[i - 1].element].level == 1 &&
		x->blocks.elements[x->blocks.blocks[i - 1].element].parent == own->parent &&
		x->blocks.elements[own->parent].prose < x->blocks.prose * head_share_max)
		return true;
	return x->blocks.elements[block->element].level == 2 && block->words >= PROSE_WORDS &&
	       str_ends(block_text(&x->blocks, i), ".") && i > 0 &&
	       x->blocks.elements[x->blocks.blocks[i - 1].element].level == 1;
}

/* What metadata tells of the article, word for word; one of the two may go on. */
static bool is_said_of_page(const struct extraction *x, size_t i)
{
	const char *const descriptions[] = {x->signals.description, x->meta.ld.description};
	const struct block *block = &x->blocks.blocks[i];
	const char *text = block_text(&x->blocks, i);
	size_t k, len;

	for (k = 0; k < ARRAY_LEN(descriptions); k++) {
		if (!descriptions[k])
			continue;
		len = strlen(descriptions[k]);
		if (block->hash == text_hash(descriptions[k], len))
			return true;
		if (len >= SAID_BYTES && block->len >= SAID_BYTES &&
			strncmp(text, descriptions[k], len < block->len ? len : block->len) == 0)
			return true;
	}
	return false;
}

/* What no byline, credit or box beside the headline is, but for these hints and phrases. */
static bool is_plain_but(
	const struct extraction *x, size_t i, uint32_t allowed_hints, uint32_t allowed_phrases)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	uint32_t others = 1u << HINT_AUTHOR | 1u << HINT_META | 1u << HINT_SHARE | 1u << HINT_AD |
			  1u << HINT_NEWSLETTER | 1u << HINT_CAPTION | 1u << HINT_NAV |
			  1u << HINT_RELATED | 1u << HINT_COMMENT | 1u << HINT_POPUP;
	uint32_t phrases = 1u << PHRASE_BYLINE | 1u << PHRASE_CREDIT | 1u << PHRASE_DATE |
			   1u << PHRASE_AD | 1u << PHRASE_SUBSCRIBE | 1u << PHRASE_AFFILIATE |
			   1u << PHRASE_COOKIE | 1u << PHRASE_AUTHOR | 1u << PHRASE_LOGIN;

	return block->link_words == 0 && block->button_words == 0 && block->images == 0 &&
	       !(page->elements[block->element].hints & others & ~allowed_hints) &&
	       !(block->phrases & phrases & ~allowed_phrases);
}

static bool is_plain(const struct extraction *x, size_t i)
{
	return is_plain_but(x, i, 0, 0);
}

/* A sentence right below the headline: a paragraph, or the points of a list of such. */
static bool is_below_headline(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;

	return x->scores[i] >= below_score && is_plain(x, i) && !extraction_is_manual(x) &&
	       (tag == TAG_ITEM || (tag == TAG_P && block->words >= PROSE_WORDS)) &&
	       page->elements[page->blocks[i - 1].element].level == 1;
}

/* In a box that shares the page: what a message would say of it. */
static bool is_shared(const struct extraction *x, size_t i)
{
	size_t index = x->blocks.blocks[i].element;
	int level;

	for (level = 0; level < SHARE_LEVELS && index > 0; level++) {
		const struct element *element = &x->blocks.elements[index];

		if (element->words <= SHARED_WORDS && element_is_hinted(element, HINT_SHARE))
			return true;
		index = element->parent;
	}
	return false;
}

/* "standfirst", "headingIntro": a paragraph that is called so. */
static bool is_called_standfirst(const struct extraction *x, size_t i)
{
	static const char *const words[] = {"standfirst", "intro", "subhead", "excerpt", "ingress",
		"chapo", "entradilla", "vorspann", "sottotitolo", "sommario"};
	const struct element *own = &x->blocks.elements[x->blocks.blocks[i].element];
	const struct block *block = &x->blocks.blocks[i];
	const char *name = html_attr(own->node, "class");
	size_t k;

	/* teasers have an "excerpt", too: those of other stories; a sentence on a photographer is
	 * no credit */
	for (k = 0; k < ARRAY_LEN(words) && name; k++) {
		if (str_ifind(name, words[k]))
			return own->tag == TAG_P &&
			       is_plain_but(x, i, 1u << HINT_RELATED,
				       block->words >= PROSE_WORDS && block->stops > 0
					       ? 1u << PHRASE_CREDIT
					       : 0);
	}
	return false;
}

/* What the page says of itself, or its name or place say that it sums up what follows. */
static bool is_standfirst(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];

	if (block->words < STANDFIRST_WORDS || block->link_words > 0 || is_shared(x, i))
		return false;
	return element_is_hinted(&x->blocks.elements[block->element], HINT_QUOTE) ||
	       is_subheadline(x, i) || is_said_of_page(x, i) || is_below_headline(x, i) ||
	       is_called_standfirst(x, i);
}

/* A sentence that the page says of itself, below the tools that stand below its headline. */
static bool is_said_below(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];

	return block->words >= PROSE_WORDS && block->stops > 0 && block->link_words == 0 &&
	       !is_shared(x, i) && is_said_of_page(x, i);
}

/* Between headline and text: the lines that sum it up. */
void extraction_add_standfirst(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), i, list;

	if (headline == BLOCK_NONE)
		return;
	for (i = headline + 1; i < page->block_count && i <= headline + TOOLS_BLOCKS; i++) {
		if (x->kept[i])
			return;
		if (i <= headline + STANDFIRST_BLOCKS ? is_standfirst(x, i) : is_said_below(x, i))
			break;
	}
	if (i >= page->block_count || i > headline + TOOLS_BLOCKS)
		return;
	x->kept[i] = true;
	list = page->elements[page->blocks[i].element].parent;
	for (i++; page->elements[list].tag == TAG_LIST && i < page->elements[list].end_block; i++)
		x->kept[i] = x->kept[i] || is_plain(x, i);
}

/* Its own standfirst stands below the links to it on the site's other pages, too. */
bool extraction_is_own_standfirst(const struct extraction *x, size_t headline, size_t i)
{
	return headline != BLOCK_NONE && i > headline && i <= headline + STANDFIRST_BLOCKS &&
	       is_said_of_page(x, i);
}

/* A day, and no more than its hour and how long the text takes to read: "4 May 2026, 6:00",
 * "6:00, 4 May 2026". */
static bool is_day(const char *text)
{
	struct text_date date;
	const char *stop;

	if (!metadata_find_dates(text, &date, 1))
		return false;
	if (date.at > strspn(text, " :,|0123456789") && count_words(text) > DATED_WORDS)
		return false;
	stop = strpbrk(text + date.end, ".!?");
	return count_words(text + date.end) <= HOUR_WORDS && (!stop || stop[1] == '\0');
}

/* "A PLACE | Mon May 4, 2026 6:00am EDT" */
static bool is_placed_day(const struct block *block, const char *text)
{
	const char *bar = strchr(text, '|');
	struct text_date date;

	return bar && block->words <= DATE_LINE_WORDS / 2 && block->stops == 0 &&
	       block->links == 0 && metadata_find_dates(bar, &date, 1);
}

/* Called so, and no sentence: "byline" with a name, "topics" with "Topics: ..." */
static bool is_named_line(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];
	const char *name = html_attr(x->blocks.elements[block->element].node, "class");

	if (!name || block->stops > 0 || block->words > DATE_LINE_WORDS)
		return false;
	if (str_ends(block_text(&x->blocks, i), ":"))
		return html_has_token(name, "field-label") || html_has_token(name, "field__label");
	return html_has_token(name, "byline") ||
	       (block_says(block, PHRASE_TAGS) &&
		       (str_ifind(name, "topic") || str_ifind(name, "tag")));
}

/* The word before a day that says which it is. */
static const char *const day_labels[] = {"publi", "updat", "ffentlicht", "aktualis", "actuali",
	"mis \xC3\xA0 jour", "aggiorna", "bijgewerkt"};

static bool has_day_label(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(day_labels); i++) {
		if (str_ifind(text, day_labels[i]))
			return true;
	}
	return false;
}

/* "A. Name - Published 4 May 2026, 6:00 - Updated 5 May 2026, 7:30" */
static bool is_date_line(const struct block *block, const char *text)
{
	struct text_date dates[2];

	return block->words <= DATE_LINE_WORDS && block->stops == 0 &&
	       metadata_find_dates(text, dates, 2) >= 2 && has_day_label(text);
}

/* "Ada Lind, The Herald 5:14 p.m. 4 May 2026": ends with an hour and a day. */
static bool ends_with_moment(const struct block *block, const char *text)
{
	const char *colon = strchr(text, ':');
	struct text_date date;

	return block->words <= MOMENT_WORDS && colon > text && str_is_digit(colon[-1]) &&
	       str_is_digit(colon[1]) && metadata_find_dates(text, &date, 1) == 1 &&
	       date.at > (size_t)(colon - text) && text[date.end] == '\0';
}

/* "Published: 4 May 2026", in a heading too, where a day alone may be one of a list of days. */
static bool is_labelled_day(const struct block *block, const char *text)
{
	return block->words <= DATED_WORDS && has_day_label(text) && is_day(text);
}

/* One of the names that the page gives its section. */
static bool is_section(const struct extraction *x, const struct block *block)
{
	const char *const names[] = {x->meta.head.section, x->meta.ld.section, x->meta.item.section,
		x->meta.crumb_section, x->meta.linked_section};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i] && block->hash == text_hash(names[i], strlen(names[i])))
			return true;
	}
	return false;
}

/* "By A. Name, 4 May 2026". */
static bool is_byline(const struct block *block, const char *text)
{
	return block->phrases & (1u << PHRASE_BYLINE) &&
	       (block->phrases & (1u << PHRASE_DATE) || str_istarts(text, "by ") ||
		       str_istarts(text, "written by "));
}

/* A point of a list that is one link or button, as those that share the page are. */
static bool is_link_of_head(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;

	if (i > 0 && str_ends(block_text(page, i - 1), ":"))
		return false; /* what the sentence announces */
	return !extraction_is_manual(x) && (tag == TAG_ITEM || tag == TAG_P) &&
	       block->words <= SHARE_WORDS &&
	       block->link_words + block->button_words >= block->words;
}

/* "Ada Lind", "Ada Lind Follow". */
bool extraction_names_author(
	const struct extraction *x, const struct block *block, const char *text)
{
	const struct value_list *lists[] = {
		&x->meta.ld.authors, &x->meta.head.authors, &x->meta.item.authors};
	bool is_named = element_is_hinted(&x->blocks.elements[block->element], HINT_AUTHOR);
	size_t i, k;

	if (block->words > (is_named ? NAMES_WORDS : NAME_WORDS) || block->stops > 0 ||
		is_forum(&x->signals) || str_ends(text, ":")) /* who speaks in a transcript */
		return false;
	for (i = 0; i < ARRAY_LEN(lists); i++) {
		for (k = 0; k < lists[i]->count; k++) {
			const char *name = str_ifind(text, lists[i]->values[k]);

			/* "von Ada Lind" */
			if (name && (size_t)(name - text) <= BY_BYTES)
				return true;
		}
	}
	return false;
}

/* "3 min Temps de lecture", "4 dk okuma" */
static bool is_reading_time(const struct block *block, const char *text)
{
	static const char *const units[] = {"min", "dk", "\xD0\xBC\xD0\xB8\xD0\xBD", "\xE5\x88\x86",
		"\xEB\xB6\x84"}; /* Russian, Chinese and Japanese, Korean */
	size_t digits = strspn(text, "0123456789"), i;

	if (digits == 0 || block->words > HOUR_WORDS || block->stops > 1)
		return false;
	text += digits + strspn(text + digits, " -");
	for (i = 0; i < ARRAY_LEN(units); i++) {
		if (str_istarts(text, units[i]))
			return true;
	}
	return false;
}

/* Amid the points of a list that are links and buttons. */
static bool is_of_tools(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	size_t index = page->blocks[i].element, k;

	if (page->blocks[i].link_words > 0 || x->scores[i] > tool_score || extraction_is_manual(x))
		return false;
	while (index > 0 && page->elements[index].tag != TAG_LIST)
		index = page->elements[index].parent;
	if (index == 0 || page->elements[index].words > TOOL_WORDS ||
		page->elements[index].end_block - page->elements[index].first_block > TOOL_WORDS)
		return false;
	for (k = page->elements[index].first_block; k < page->elements[index].end_block; k++) {
		const struct block *block = &page->blocks[k];

		if (k != i && block->words > 0 &&
			block->link_words + block->button_words >= block->words)
			return true;
	}
	return false;
}

/* Called a date, with numbers and no sentence: "Published today at 6:30, updated at 11:12". */
static bool is_named_date(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];
	const struct element *element = &x->blocks.elements[block->element];
	const char *name = html_attr(element->node, "class");

	return name && str_ifind(name, "date") && block->digits > 0 && block->stops == 0 &&
	       block->words <= DATE_LINE_WORDS && element->level == 0;
}

/* "Reported:", a term of a list that is kept, and what it says. */
static bool explains_term(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;

	return i > 0 && x->kept[i - 1] &&
	       page->elements[page->blocks[i - 1].element].tag == TAG_TERM;
}

/* What stands above the text and is said of the article already: by whom, when, in which section.
 */
void extraction_drop_byline(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, prose = 0;

	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];
		const char *text = block_text(page, i);

		if (!x->kept[i])
			continue;
		if (is_date_line(block, text) || (page->elements[block->element].level == 0 &&
							 extraction_names_author(x, block, text))) {
			x->kept[i] = false;
			continue;
		}
		if (is_of_tools(x, i) || is_named_date(x, i) || is_named_line(x, i) ||
			is_placed_day(block, text) ||
			(page->elements[block->element].level >= SMALL_LEVEL && is_day(text)) ||
			(prose == 0 && is_shared(x, i))) {
			x->kept[i] = false;
			continue;
		}
		if (block->words >= PROSE_WORDS) {
			if (prose++ > 0) /* one is a standfirst */
				return;
			continue;
		}
		if (is_labelled_day(block, text)) {
			x->kept[i] = false;
			continue;
		}
		if (page->elements[block->element].level == 0 && !explains_term(x, i) &&
			(is_link_of_head(x, i) || is_byline(block, text) || is_day(text) ||
				ends_with_moment(block, text) || is_reading_time(block, text) ||
				is_section(x, block)))
			x->kept[i] = false;
	}
}

static uint64_t hash_of(const char *text)
{
	return text ? text_hash(text, strlen(text)) : 0;
}

/* A heading with most of the title's words and no others: another wording of it. */
static bool rewords_title(const struct extraction *x, size_t i, const char *title)
{
	const struct block *block = &x->blocks.blocks[i];
	const char *text = block_text(&x->blocks, i);
	struct buf word = {0};
	bool is_said = title && x->blocks.elements[block->element].tag == TAG_HEADING &&
		       block->words >= REWORDED_MIN &&
		       block->words >= count_words(title) * reworded_share;
	size_t len;

	for (; is_said && *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		buf_clear(&word);
		buf_put(&word, text, len);
		is_said = str_ifind(title, buf_text(&word)) != NULL;
	}
	buf_finish(&word);
	return is_said;
}

/* The title opens the page's article, not its text. */
void extraction_drop_title(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	/* an entry may call it otherwise than its page */
	const char *own = x->job->entry_title
				  ? metadata_page_title(&x->meta, x->job, page, x->arena)
				  : x->meta.title;
	uint64_t title = hash_of(x->meta.title), headline = hash_of(own);
	size_t i, k;

	for (i = 0, k = 0; i < page->block_count && k < 3; i++) {
		if (!x->kept[i])
			continue;
		k++;
		if (page->blocks[i].words < TITLE_WORDS_MAX &&
			(page->blocks[i].hash == title || page->blocks[i].hash == headline ||
				page->elements[page->blocks[i].element].level == 1 ||
				(k == 1 && rewords_title(x, i, own))))
			x->kept[i] = false;
	}
}
