#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/metadata_title.h"
#include "parse/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	STORY_WORDS = 20, /* of prose in an element that may be another story */
	OTHERS_MAX = 6,   /* times its words are dropped at most: else the rest is the article */
	OWN_WORDS = 40,   /* words chosen beside the headline that make a story */
	TEASER_WORDS = 150,
	LEAD_WORDS = 12,      /* of a line above a teaser's headline */
	STORY_LINK_WORDS = 3, /* of a headline that leads elsewhere */
	STORY_BLOCKS = 3,     /* ... to the sentences below it */
	COPY_WORDS = 12,
	COPIES_MAX = 3, /* what is said more often is said of several things, as in a list */
	QUOTE_LEVELS = 4,
	HOUR_WORDS = 6, /* behind the day in a date line */
	DATE_LINE_WORDS = 20,
	SHARE_WORDS = 4,
	NAME_WORDS = 6,
	NAMES_WORDS = 60, /* of a box of names and what they are */
	BY_BYTES = 5,     /* of a word before a name */
	DATED_WORDS = 5,
	TOOL_WORDS = 40,
	PROSE_WORDS = 12,
	STANDFIRST_BLOCKS = 6,
	STANDFIRST_WORDS = 6, /* fewer are a button: "Summarize this page for me" */
	TITLE_WORDS_MAX = 25, /* a longer one is the text of a post */
	SAID_BYTES = 40,      /* of a description, that a longer one begins with */
	SITE_WORDS_MIN = 3,   /* shorter blocks recur for other reasons */
	BOX_WORDS = 60,       /* of a box that leads elsewhere, between two paragraphs */
	BOX_HEAD_WORDS = 6,   /* "You may also like" */
	FORM_WORDS = 40,      /* of a form and the box around it */
	BOX_LABEL_MAX = 32,   /* bytes that a line begins with: "Lesen Sie auch: ..." */
	BOXES_NAMED_MAX = 3,  /* so many are named a newsletter's; more are forms of a thread */
};

/* A box may take this share of the chosen words at most, all comments the second; where comments
 * are the third of the page's sentences, it is a thread and they are its content. */
static const float box_share_max = 0.2f, comment_share_max = 0.15f, thread_share = 0.4f;

/* One teaser may take this share of the chosen words at most, and all of them. */
static const float teaser_share_max = 1.0f / 3, teasers_share_max = 0.6f;

/* What recurs on a site may take this share of the chosen words at most: the same article can be
 * there twice. */
static const float site_share_max = 0.3f;

/* Of the page's sentences, in a header. */
static const float head_share_max = 0.1f;

/* A sentence amid buttons of which it is surer than this is none of them. */
static const float tool_score = 0.6f;

/* What the model must grant to a sentence below the headline. */
static const float below_score = 0.15f;

static size_t first_heading(const struct page_blocks *page, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
			return i;
	}
	return BLOCK_NONE;
}

static bool has_phrase(
	const struct page_blocks *page, const struct element *element, enum phrase phrase)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		if (page->blocks[i].words <= 6 && page->blocks[i].phrases & (1u << phrase))
			return true;
	}
	return false;
}

/* An element like the one that holds the headline is another story when it has a headline as high,
 * or is cut off by a "keep reading". */
static bool is_other_story(
	const struct page_blocks *page, const struct element *element, size_t headline)
{
	const struct element *own = &page->elements[page->blocks[headline].element];
	size_t heading = first_heading(page, element);
	int level;

	if (heading == BLOCK_NONE || element->prose < STORY_WORDS)
		return false;
	level = page->elements[page->blocks[heading].element].level;
	return (own->level > 0 && level <= own->level) || has_phrase(page, element, PHRASE_MORE);
}

static bool is_hinted(const struct element *element, enum hint hint)
{
	return element->hints & (1u << hint);
}

static bool says(const struct block *block, enum phrase phrase)
{
	return block->phrases & (1u << phrase);
}

static float kept_words(const struct extraction *x, const struct element *element)
{
	float words = 0;
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		words += x->kept[i] ? x->blocks.blocks[i].words : 0;
	return words;
}

static void drop(struct extraction *x, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		x->kept[i] = false;
}

/* Element i tells another story than the one at an element above the headline. */
static bool is_other(const struct page_blocks *page, size_t i, size_t at, size_t headline)
{
	const struct element *own = &page->elements[at], *other = &page->elements[i];

	return i != at && other->signature == own->signature && other->depth == own->depth &&
	       (headline < other->first_block || headline >= other->end_block) &&
	       is_other_story(page, other, headline);
}

static float others_words(const struct extraction *x, size_t at, size_t headline)
{
	float words = 0;
	size_t i;

	for (i = 1; i < x->blocks.element_count; i++) {
		if (is_other(&x->blocks, i, at, headline))
			words += kept_words(x, &x->blocks.elements[i]);
	}
	return words;
}

static void drop_others(struct extraction *x, size_t at, size_t headline)
{
	size_t i;

	for (i = 1; i < x->blocks.element_count; i++) {
		if (is_other(&x->blocks, i, at, headline))
			drop(x, &x->blocks.elements[i]);
	}
}

/*
 * Several stories in like containers, as on pages that scroll on without end: only the one with
 * the headline stays. Every element above the headline is compared with its likes.
 */
static void drop_stories(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), at;
	const struct element *own;
	float own_words;

	if (headline == BLOCK_NONE)
		return;
	for (at = page->blocks[headline].element; at > 0; at = page->elements[at].parent) {
		own = &page->elements[at];
		if (own->tag == TAG_HEADING || own->prose > page->prose * 0.95f)
			continue;
		/* A header of its own holds the headline, not the story. */
		own_words = kept_words(x, own);
		if (own_words < OWN_WORDS)
			continue;
		if (others_words(x, at, headline) <= own_words * OTHERS_MAX)
			drop_others(x, at, headline);
	}
}

/* A headline that is a link, a few lines, "keep reading": a story told elsewhere. */
static bool is_teaser(const struct page_blocks *page, const struct element *element)
{
	size_t heading = first_heading(page, element), last = element->end_block;
	const struct block *end;

	if (heading == BLOCK_NONE || element->words > TEASER_WORDS ||
		heading > element->first_block + 2 || last < heading + 2)
		return false;
	end = &page->blocks[last - 1];
	return page->blocks[heading].link_words > 0 && end->words <= 4 && end->links > 0 &&
	       end->phrases & (1u << PHRASE_MORE);
}

/* Words kept of all teasers; each goes, unless they are only to be counted. */
static float visit_teasers(struct extraction *x, bool drops)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *element;
	float all = kept_words(x, &page->elements[0]), words = 0, own;
	size_t i = 1;

	while (i < page->element_count) {
		element = &page->elements[i++];
		own = element->words <= TEASER_WORDS ? kept_words(x, element) : 0;
		if (own == 0 || own >= all * teaser_share_max || !is_teaser(page, element))
			continue;
		words += own;
		if (drops)
			drop(x, element);
		i = element->end;
	}
	return words;
}

/* One past a teaser whose lines stand side by side with the article's: a headline that leads
 * elsewhere, a few lines, "keep reading". 0: none begins here. */
static size_t flat_teaser_end(const struct page_blocks *page, size_t i)
{
	float words = page->blocks[i].words;
	size_t k;

	if (page->elements[page->blocks[i].element].tag != TAG_HEADING ||
		page->blocks[i].link_words < page->blocks[i].words || page->blocks[i].anchors > 0)
		return 0;
	for (k = i + 1; k < page->block_count && words <= TEASER_WORDS; k++) {
		const struct block *block = &page->blocks[k];

		if (page->elements[block->element].tag == TAG_HEADING)
			return 0;
		if (k > i + 1 && block->words <= 4 && block->link_words >= block->words &&
			says(block, PHRASE_MORE))
			return k + 1;
		words += block->words;
	}
	return 0;
}

/* What leads up to a teaser: its section, a label, the credit of its picture. */
static bool leads_to_teaser(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];

	return block->words <= LEAD_WORDS &&
	       (block->link_words >= block->words || says(block, PHRASE_CREDIT) ||
		       says(block, PHRASE_AD));
}

static float flat_words(const struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float words = 0;
	size_t i, k, end;

	for (i = 1; i < page->block_count; i++) {
		end = flat_teaser_end(page, i);
		for (k = i; k < end; k++)
			words += x->kept[k] ? page->blocks[k].words : 0;
	}
	return words;
}

static void drop_flat_teasers(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, k, end;

	for (i = 1; i < page->block_count; i++) {
		end = flat_teaser_end(page, i);
		for (k = i; k < end; k++)
			x->kept[k] = false;
		for (k = i; end > 0 && k > 1 && leads_to_teaser(page, k - 1); k--)
			x->kept[k - 1] = false;
	}
}

/* Teasers within the article, where they are a small part of it: else they are what it is. */
static void drop_teasers(struct extraction *x)
{
	float all = kept_words(x, &x->blocks.elements[0]);

	if (visit_teasers(x, false) < all * teasers_share_max)
		visit_teasers(x, true);
	if (flat_words(x) < all * teasers_share_max)
		drop_flat_teasers(x);
}

/* Short, and names what follows: "Latest news", "More from Local". */
static bool heads_other_stories(const struct page_blocks *page, size_t i)
{
	const struct block *head = &page->blocks[i];

	return head->words <= BOX_HEAD_WORDS && says(head, PHRASE_RELATED);
}

/* Its sentences all stand below headlines that lead elsewhere; links alone may be references. */
static bool is_story_list(const struct page_blocks *page, const struct element *element)
{
	size_t i, headlines = 0, sentences = 0, last = 0;

	for (i = element->first_block + 1; i < element->end_block; i++) {
		const struct block *block = &page->blocks[i];

		if (block->link_words >= block->words && block->words >= STORY_LINK_WORDS &&
			block->anchors == 0) {
			headlines++;
			last = i;
		} else if (block->words >= PROSE_WORDS) {
			if (headlines == 0 || i > last + STORY_BLOCKS || block->links > 0)
				return false;
			sentences++;
		}
	}
	return headlines >= 2 && sentences > 0;
}

/* Lists of other stories below or beside the article, however much longer they are than it. */
static void drop_story_lists(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), i;

	for (i = 1; i < page->element_count && headline != BLOCK_NONE; i++) {
		const struct element *element = &page->elements[i];

		if (element->end_block < element->first_block + 3 ||
			(headline >= element->first_block && headline < element->end_block) ||
			!heads_other_stories(page, element->first_block) ||
			!is_story_list(page, element))
			continue;
		if (kept_words(x, &page->elements[0]) - kept_words(x, element) >= STORY_WORDS)
			drop(x, element);
		i = element->end - 1;
	}
}

/* "READ MORE: a headline" */
static bool is_led_by_more(const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len < BOX_LABEL_MAX ? len : BOX_LABEL_MAX);

	return colon && hints_of_text(text, (size_t)(colon - text)) & 1u << PHRASE_MORE;
}

/* "You may also like" above links, "Lesen Sie auch:" before one. */
static bool is_related_box(const struct page_blocks *page, const struct element *element)
{
	const struct block *head = &page->blocks[element->first_block];
	const char *text = block_text(page, element->first_block);

	if (element->link_words == 0)
		return false;
	if (head->link_words * 2 >= head->words && is_led_by_more(text, head->len))
		return true;
	if (!says(head, PHRASE_RELATED))
		return false;
	if (head->words <= BOX_HEAD_WORDS && element->end_block > element->first_block + 1 &&
		element->link_words * 4 >= element->words - head->words)
		return true;
	/* amid a sentence "latest" and "recommended" mean nothing; "For more information, see" is
	 * one */
	return head->link_words * 2 >= head->words && !str_istarts(text, "for more ") &&
	       hints_of_text(text, head->len < BOX_LABEL_MAX ? head->len : BOX_LABEL_MAX) &
		       1u << PHRASE_RELATED;
}

/* A sentence in it asks for something, else the name means another thing: a "form" of speech. */
static bool is_named_newsletter(const struct page_blocks *page, const struct element *element)
{
	uint32_t asking = 1u << PHRASE_SUBSCRIBE | 1u << PHRASE_CTA | 1u << PHRASE_OURS;
	size_t i;

	if (!is_hinted(element, HINT_NEWSLETTER) || element->words == 0 ||
		element->words > BOX_WORDS || element->link_words > 0)
		return false;
	for (i = element->first_block; i < element->end_block; i++) {
		if (page->blocks[i].phrases & asking)
			return true;
	}
	return element->prose == 0;
}

/* It says so by its name, or asks to subscribe and has a button for it. */
static bool is_newsletter_box(
	const struct page_blocks *page, const struct element *element, bool trusts_names)
{
	const struct block *head = &page->blocks[element->first_block];
	const struct block *last = &page->blocks[element->end_block - 1];

	if (trusts_names && is_named_newsletter(page, element))
		return true;
	if (element->tag == TAG_ASIDE && says(head, PHRASE_SUBSCRIBE))
		return true;
	return says(head, PHRASE_SUBSCRIBE) && last != head && last->links > 0 &&
	       last->link_words == last->words;
}

/* What holds a form, whose fields are gone, and little else: the box around it. */
static const struct element *form_box(const struct page_blocks *page, const struct element *form)
{
	const struct element *box = form, *parent = &page->elements[box->parent];

	while (parent != box && parent->words <= FORM_WORDS) {
		box = parent;
		parent = &page->elements[box->parent];
	}
	return box;
}

/* ... which is no part of the text when it asks to subscribe, or says nothing in a sentence. */
static bool is_form_box(const struct page_blocks *page, const struct element *box)
{
	size_t i;

	for (i = box->first_block; i < box->end_block; i++) {
		if (says(&page->blocks[i], PHRASE_SUBSCRIBE))
			return true;
	}
	return box->prose == 0;
}

/* A question and the buttons that answer it. */
static bool is_poll(const struct page_blocks *page, const struct element *element)
{
	size_t i, buttons = 0;

	if (element->end_block < element->first_block + 2 ||
		!str_ends(block_text(page, element->first_block), "?"))
		return false;
	for (i = element->first_block + 1; i < element->end_block; i++) {
		if (page->blocks[i].button_words < page->blocks[i].words)
			return false;
		buttons++;
	}
	return buttons > 0;
}

/* With a link for it. */
static bool asks_to_subscribe(const struct page_blocks *page, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		if (page->blocks[i].links > 0 && says(&page->blocks[i], PHRASE_SUBSCRIBE))
			return true;
	}
	return false;
}

/* A box between paragraphs that says above all else what it is. */
static bool is_labelled_ad(const struct page_blocks *page, const struct element *element)
{
	return element->end_block > element->first_block + 1 &&
	       extraction_is_ad_label(page, element->first_block);
}

/* One past the last sentence kept: what leads elsewhere behind it may be the article's references.
 */
static size_t sentences_end(const struct extraction *x)
{
	size_t i = x->blocks.block_count;

	while (i > 0 && !(x->kept[i - 1] && x->blocks.blocks[i - 1].words >= PROSE_WORDS))
		i--;
	return i;
}

/* Boxes within the article that lead elsewhere. */
static void drop_boxes(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float all = kept_words(x, &page->elements[0]);
	size_t end = sentences_end(x), i, named = 0;
	const struct element *element, *box;

	for (i = 1; i < page->element_count; i++)
		named += is_named_newsletter(page, &page->elements[i]);
	for (i = 1; i < page->element_count; i++) {
		element = &page->elements[i];
		box = element->tag == TAG_FORM && element->words <= FORM_WORDS
			      ? form_box(page, element)
			      : NULL;
		if (box && box->end_block < end && is_form_box(page, box))
			drop(x, box);
		if (element->end_block >= end || element->words == 0 ||
			element->words > BOX_WORDS ||
			kept_words(x, element) > all * box_share_max || element->tag == TAG_HEADING)
			continue;
		if (is_related_box(page, element) || is_poll(page, element) ||
			((is_hinted(element, HINT_AD) || is_hinted(element, HINT_NOTE)) &&
				asks_to_subscribe(page, element)) ||
			is_labelled_ad(page, element) ||
			is_newsletter_box(page, element, named <= BOXES_NAMED_MAX))
			drop(x, element);
	}
}

/* The readers' words under an article, not those of a thread. */
static void drop_comments(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float all = kept_words(x, &page->elements[0]), words = 0, prose = 0;
	bool is_counting;
	size_t i;

	if (is_forum(&x->signals))
		return;
	for (is_counting = true;; is_counting = false) {
		for (i = 1; i < page->element_count; i++) {
			const struct element *element = &page->elements[i];

			if (!is_hinted(element, HINT_COMMENT))
				continue;
			if (!is_counting)
				drop(x, element);
			words += kept_words(x, element);
			prose += element->prose;
			i = element->end - 1;
		}
		if (!is_counting || words > all * comment_share_max ||
			prose > page->prose * thread_share)
			return;
	}
}

static bool is_beside_prose(const struct page_blocks *page, size_t i)
{
	return (i > 0 && page->blocks[i - 1].words >= PROSE_WORDS) ||
	       (i + 1 < page->block_count && page->blocks[i + 1].words >= PROSE_WORDS);
}

/* "Advertisement", "Share", "Read more" between paragraphs. */
static bool is_label(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	const struct element *element = &page->elements[block->element];
	uint32_t phrases = 1u << PHRASE_AD | 1u << PHRASE_SHARE | 1u << PHRASE_MORE |
			   1u << PHRASE_SUBSCRIBE | 1u << PHRASE_COMMENT | 1u << PHRASE_CTA;
	uint32_t hints = 1u << HINT_AD | 1u << HINT_SHARE | 1u << HINT_NEWSLETTER;

	return element->tag != TAG_HEADING && element->tag != TAG_ITEM &&
	       element->tag != TAG_TERM && is_beside_prose(page, i) &&
	       (block->phrases & phrases || block->link_words == block->words ||
		       (element->hints | page->elements[element->parent].hints) & hints);
}

/* What a site writes where a call or an advertisement is put in: "google cta", "Mobile ad". */
static bool is_slot(const char *text)
{
	static const char *const ends[] = {" cta", " ad", " ads", " promo", " banner"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(text, ends[i]))
			return true;
	}
	return false;
}

/* Within a quotation: threads repeat what they answer. */
static bool is_quoted(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < QUOTE_LEVELS && index > 0; level++) {
		if (page->elements[index].tag == TAG_QUOTE ||
			page->elements[index].hints & (1u << HINT_QUOTE))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

/* What says the same as a block kept before, and the same label again and again. Manuals say the
 * same of several things. */
static void drop_copies(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	uint32_t *copies;
	size_t i;

	if (extraction_is_manual(x))
		return;
	copies = xcalloc(page->block_count + 1, sizeof(*copies));
	for (i = 0; i < page->block_count; i++)
		copies[page->blocks[i].original]++;
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];
		enum tag tag = page->elements[block->element].tag;

		if (!x->kept[i] || tag == TAG_CELL || tag == TAG_PRE)
			continue;
		if (block->original != i && block->words >= COPY_WORDS &&
			x->kept[block->original] &&
			(copies[block->original] <= COPIES_MAX || is_quoted(page, i)))
			x->kept[i] = false;
		else if (copies[block->original] >= 3 && block->words <= 3 &&
			 (is_label(page, i) || is_slot(block_text(page, i))))
			x->kept[i] = false;
	}
	free(copies);
}

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

/* What no byline, credit or box beside the headline is. */
static bool is_plain(const struct extraction *x, size_t i)
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
	       !(page->elements[block->element].hints & others) && !(block->phrases & phrases);
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

/* What the page says of itself, or its name or place say that it sums up what follows. */
static bool is_standfirst(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];

	if (block->words < STANDFIRST_WORDS || block->link_words > 0)
		return false;
	return is_hinted(&x->blocks.elements[block->element], HINT_QUOTE) || is_subheadline(x, i) ||
	       is_said_of_page(x, i) || is_below_headline(x, i);
}

/* Between headline and text: the lines that sum it up. */
static void add_standfirst(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), i, list;

	if (headline == BLOCK_NONE)
		return;
	for (i = headline + 1; i < page->block_count && i <= headline + STANDFIRST_BLOCKS; i++) {
		if (x->kept[i])
			return;
		if (is_standfirst(x, i))
			break;
	}
	if (i >= page->block_count || i > headline + STANDFIRST_BLOCKS)
		return;
	x->kept[i] = true;
	list = page->elements[page->blocks[i].element].parent;
	for (i++; page->elements[list].tag == TAG_LIST && i < page->elements[list].end_block; i++)
		x->kept[i] = x->kept[i] || is_plain(x, i);
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Its own standfirst stands below the links to it on the site's other pages, too. */
static bool is_own_standfirst(const struct extraction *x, size_t headline, size_t i)
{
	return headline != BLOCK_NONE && i > headline && i <= headline + STANDFIRST_BLOCKS &&
	       is_said_of_page(x, i);
}

/* Blocks that recur on the site are no part of this article, unless they would be much of it. */
static void drop_site_blocks(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t count = x->job->site_block_count, headline, i;
	float dropped = 0, all = 0;
	uint64_t *hashes;
	bool *recurs;

	if (count == 0)
		return;
	hashes = xmalloc(count * sizeof(*hashes));
	memcpy(hashes, x->job->site_blocks, count * sizeof(*hashes));
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	recurs = xcalloc(page->block_count + 1, sizeof(*recurs));
	headline = headline_block(page, x->signals.title);
	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		all += page->blocks[i].words;
		recurs[i] = page->blocks[i].words >= SITE_WORDS_MIN &&
			    !is_own_standfirst(x, headline, i) &&
			    bsearch(&page->blocks[i].hash, hashes, count, sizeof(*hashes),
				    compare_hashes);
		if (recurs[i])
			dropped += page->blocks[i].words;
	}
	for (i = 0; i < page->block_count && dropped <= all * site_share_max; i++)
		x->kept[i] = x->kept[i] && !recurs[i];
	free(recurs);
	free(hashes);
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

/* "A. Name - Published 4 May 2026, 6:00 - Updated 5 May 2026, 7:30" */
static bool is_date_line(const struct block *block, const char *text)
{
	static const char *const labels[] = {"publi", "updat", "ffentlicht", "aktualis", "actuali",
		"mis \xC3\xA0 jour", "aggiorna", "bijgewerkt"};
	struct text_date dates[2];
	size_t i;

	if (block->words > DATE_LINE_WORDS || block->stops > 0 ||
		metadata_find_dates(text, dates, 2) < 2)
		return false;
	for (i = 0; i < ARRAY_LEN(labels); i++) {
		if (str_ifind(text, labels[i]))
			return true;
	}
	return false;
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
	bool is_named = is_hinted(&x->blocks.elements[block->element], HINT_AUTHOR);
	size_t i, k;

	if (block->words > (is_named ? NAMES_WORDS : NAME_WORDS) || block->stops > 0 ||
		is_forum(&x->signals))
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

/* What stands above the text and is said of the article already: by whom, when, in which section.
 */
static void drop_byline(struct extraction *x)
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
		if (is_of_tools(x, i) || is_named_date(x, i)) {
			x->kept[i] = false;
			continue;
		}
		if (block->words >= PROSE_WORDS) {
			if (prose++ > 0) /* one is a standfirst */
				return;
			continue;
		}
		if (page->elements[block->element].level == 0 &&
			(is_link_of_head(x, i) || is_byline(block, text) || is_day(text) ||
				is_reading_time(block, text) || is_section(x, block)))
			x->kept[i] = false;
	}
}

static uint64_t hash_of(const char *text)
{
	return text ? text_hash(text, strlen(text)) : 0;
}

/* The title opens the page's article, not its text. */
static void drop_title(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	/* an entry may call it otherwise than its page */
	uint64_t title = hash_of(x->meta.title),
		 headline = x->job->entry_title
				    ? hash_of(metadata_page_title(&x->meta, x->job, page, x->arena))
				    : title;
	size_t i, k;

	for (i = 0, k = 0; i < page->block_count && k < 3; i++) {
		if (!x->kept[i])
			continue;
		k++;
		if (page->blocks[i].words < TITLE_WORDS_MAX &&
			(page->blocks[i].hash == title || page->blocks[i].hash == headline ||
				page->elements[page->blocks[i].element].level == 1))
			x->kept[i] = false;
	}
}

const struct correction extract_corrections[] = {
	{"standfirst", add_standfirst},
	{"alike", extraction_add_alike},
	{"amid", extraction_add_amid},
	{"notes", extraction_add_footnotes},
	{"quotations", extraction_add_quotations},
	{"stories", drop_stories},
	{"teasers", drop_teasers},
	{"latest", drop_story_lists},
	{"boxes", drop_boxes},
	{"calls", extraction_drop_calls},
	{"opinions", extraction_drop_opinions},
	{"comments", drop_comments},
	{"copies", drop_copies},
	{"captions", extraction_drop_captions},
	{"quotes", extraction_drop_pull_quotes},
	{"lines", extraction_drop_link_lines},
	{"lists", extraction_drop_link_lists},
	{"labels", extraction_drop_bare_labels},
	{"shapes", extraction_drop_shapes},
	{"site", drop_site_blocks},
	{"title", drop_title},
	{"byline", drop_byline},
	{NULL, NULL},
};

void extraction_correct(struct extraction *x)
{
	const struct correction *correction;

	for (correction = extract_corrections; correction->name; correction++)
		correction->run(x);
}

/* Keep what a site's rule names, all of it. False: it names a body and none is there. */
bool extraction_keep_bodies(struct extraction *x, const struct rule_result *rule)
{
	const struct page_blocks *page = &x->blocks;
	bool found = false;
	size_t i, k, b;

	for (i = 1; i < page->element_count; i++) {
		for (k = 0; k < rule->body_count; k++) {
			if (page->elements[i].node != rule->bodies[k])
				continue;
			if (!found)
				memset(x->kept, 0, page->block_count * sizeof(*x->kept));
			found = true;
			for (b = page->elements[i].first_block; b < page->elements[i].end_block;
				b++)
				x->kept[b] = true;
		}
	}
	return found;
}

/* Hashes of the page's blocks, each once, for what the site's memory learns from. */
void extraction_put_hashes(const struct extraction *x, struct article *article)
{
	const struct page_blocks *page = &x->blocks;
	uint64_t *hashes = arena_alloc(x->arena, (page->block_count + 1) * sizeof(*hashes));
	size_t i, count = 0;

	for (i = 0; i < page->block_count && count < HASHES_MAX; i++) {
		if (page->blocks[i].original == i && page->blocks[i].words >= SITE_WORDS_MIN)
			hashes[count++] = page->blocks[i].hash;
	}
	article->block_hashes = hashes;
	article->block_hash_count = count;
}
