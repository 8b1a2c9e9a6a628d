/* Corrections: boxes amid the article that lead elsewhere, and what readers say below it. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>

enum {
	PROSE_WORDS = 12,
	BOX_WORDS = 60,     /* of a box that leads elsewhere, between two paragraphs */
	BOX_HEAD_WORDS = 6, /* "You may also like" */
	SPONSOR_WORDS = 6,  /* "Together with Hawser" */
	FORM_WORDS = 40,    /* of a form and the box around it */
	BOX_LABEL_MAX = 32, /* bytes that a line begins with: "Lesen Sie auch: ..." */
	COMMENTS_WORDS = 5, /* "All Reader Comments (7)" */
	ARTICLE_WORDS = 80, /* above what readers say */
	ARTICLE_PARAGRAPHS = 4,
	LABELS_MAX = 8,      /* that are tried */
	BOXES_NAMED_MAX = 3, /* so many are named a newsletter's; more are forms of a thread */
};

/* A box may take this share of the chosen words at most, all comments the second; where comments
 * are the third of the page's sentences, it is a thread and they are its content. Behind a label
 * they are known better. */
static const float box_share_max = 0.2f, comment_share_max = 0.15f, thread_share = 0.4f,
		   readers_share_max = 0.6f;

/* "READ MORE: a headline" */
static bool is_led_by_more(const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len < BOX_LABEL_MAX ? len : BOX_LABEL_MAX);

	return colon && hints_of_text(text, (size_t)(colon - text)) & 1u << PHRASE_MORE;
}

/* The first block of a box, behind a link past it. */
static size_t head_of(const struct page_blocks *page, const struct element *element)
{
	size_t i = element->first_block;

	return i + 1 < element->end_block && extraction_is_skip_link(page, i) ? i + 1 : i;
}

/* "You may also like" above links, "Lesen Sie auch:" before one. */
static bool is_related_box(const struct page_blocks *page, const struct element *element)
{
	size_t first = head_of(page, element);
	const struct block *head = &page->blocks[first];
	const char *text = block_text(page, first);

	if (element->link_words == 0)
		return false;
	if (head->link_words * 2 >= head->words && is_led_by_more(text, head->len))
		return true;
	if (!block_says(head, PHRASE_RELATED))
		return false;
	if (head->words <= BOX_HEAD_WORDS && element->end_block > first + 1 &&
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

	if (!element_is_hinted(element, HINT_NEWSLETTER) || element->words == 0 ||
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
	if (element->tag == TAG_ASIDE && block_says(head, PHRASE_SUBSCRIBE))
		return true;
	return block_says(head, PHRASE_SUBSCRIBE) && last != head && last->links > 0 &&
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
		if (block_says(&page->blocks[i], PHRASE_SUBSCRIBE))
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

/* "Will it last?" above answers that are links, each with how many gave it: "Yes 120", "No 12 %".
 */
static bool is_counted_poll(const struct page_blocks *page, const struct element *element)
{
	size_t last = element->end_block - 1, i;
	const struct block *answers = &page->blocks[last];
	const char *text = block_text(page, last);
	char end;

	if (answers->links < 2 || answers->link_words < answers->words || answers->len == 0)
		return false;
	end = text[answers->len - 1];
	if (!str_is_digit(end) && end != '%')
		return false;
	for (i = element->first_block; i < last; i++) {
		if (str_ends(block_text(page, i), "?"))
			return true;
	}
	return false;
}

static bool is_called(const struct element *element, const char *word)
{
	static const char *const attributes[] = {"class", "id"};
	const char *name;
	size_t i;

	for (i = 0; i < ARRAY_LEN(attributes); i++) {
		name = html_attr(element->node, attributes[i]);
		if (name && str_ifind(name, word))
			return true;
	}
	return false;
}

/* What stands where a film or a post of another site would, until the reader allows it. */
static bool is_barred_embed(const struct page_blocks *page, const struct element *element)
{
	static const char *const names[] = {"opt-in", "optin", "consent", "embed-privacy",
		"content-blocker", "cmplz-placeholder", "embed-placeholder"};
	bool has_button = false;
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		has_button |= page->blocks[i].button_words > 0;
	for (i = 0; has_button && i < ARRAY_LEN(names); i++) {
		if (is_called(element, names[i]))
			return true;
	}
	return false;
}

/* A word as it stands, in capitals or not, with no letter or digit beside it. */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *s;

	for (s = text; (s = strstr(s, word)) != NULL; s++) {
		if ((s == text || !(str_is_alpha(s[-1]) || str_is_digit(s[-1]))) &&
			!str_is_alpha(s[len]) && !str_is_digit(s[len]))
			return true;
	}
	return false;
}

/* "This summary was made by AI." */
static bool says_machine_made(const char *text)
{
	static const char *const machines[] = {"AI", "KI", "IA", "OpenAI", "ChatGPT"};
	static const char *const ways[] = {"generat", "creat", "made by", "made with", "laget",
		"skapa", "erstell", "erzeugt", "g\xC3\xA9n\xC3\xA9r", "gemaakt", "skabt", "generad",
		"gerad"};
	bool is_machine = false, is_made = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(machines); i++)
		is_machine |= has_word(text, machines[i]);
	for (i = 0; i < ARRAY_LEN(ways) && is_machine; i++)
		is_made |= str_ifind(text, ways[i]) != NULL;
	return is_made;
}

/* Points below a label, and below them that a machine wrote them. */
static bool is_machine_summary(const struct page_blocks *page, const struct element *element)
{
	size_t last = element->end_block - 1, items = 0, i;

	if (element->end_block < element->first_block + 3 ||
		page->blocks[last].words > BOX_WORDS / 2 ||
		!says_machine_made(block_text(page, last)))
		return false;
	for (i = element->first_block; i < last; i++) {
		if (page->elements[page->blocks[i].element].tag == TAG_ITEM)
			items++;
		else if (items > 0 || page->blocks[i].words > BOX_HEAD_WORDS)
			return false;
	}
	return items > 1;
}

/* A table of one cell is a frame around a box. */
static bool is_frame(const struct page_blocks *page, const struct element *element)
{
	size_t cells = 0, i;

	for (i = (size_t)(element - page->elements); i < element->end; i++)
		cells += page->elements[i].tag == TAG_CELL;
	return element->tag == TAG_TABLE && cells == 1;
}

/* With a link for it. */
static bool asks_to_subscribe(const struct page_blocks *page, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		if (page->blocks[i].links > 0 && block_says(&page->blocks[i], PHRASE_SUBSCRIBE))
			return true;
	}
	return false;
}

/* "Together with Hawser" above what a sponsor says and the link to it. */
static bool is_sponsors(const struct page_blocks *page, const struct element *element)
{
	static const char *const beginnings[] = {"together with ", "presented by ", "sponsored by ",
		"brought to you by ", "in partnership with ", "a message from ", "a word from ",
		"from our sponsor", "from our partner"};
	const struct block *head = &page->blocks[element->first_block];
	const struct block *last = &page->blocks[element->end_block - 1];
	size_t i;

	if (head->words > SPONSOR_WORDS || head->stops > 0 || last->link_words == 0 ||
		last->link_words < last->words)
		return false;
	for (i = 0; i < ARRAY_LEN(beginnings); i++) {
		if (str_istarts(block_text(page, element->first_block), beginnings[i]))
			return true;
	}
	return false;
}

/* A box between paragraphs that says above all else what it is. */
static bool is_labelled_ad(const struct page_blocks *page, const struct element *element)
{
	return element->end_block > element->first_block + 1 &&
	       (extraction_is_ad_label(page, element->first_block) || is_sponsors(page, element));
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
void extraction_drop_boxes(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float all = extraction_kept_words(x, &page->elements[0]);
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
			extraction_drop(x, box);
		if (element->end_block >= end || element->words == 0 || element->words > BOX_WORDS)
			continue;
		if (!is_forum(&x->signals) && is_machine_summary(page, element))
			extraction_drop(x, element); /* however short the article is */
		if (extraction_kept_words(x, element) > all * box_share_max ||
			element->tag == TAG_HEADING)
			continue;
		if (is_related_box(page, element) || is_poll(page, element) ||
			(!is_forum(&x->signals) &&
				(is_counted_poll(page, element) || is_barred_embed(page, element) ||
					(is_frame(page, element) &&
						asks_to_subscribe(page, element)))) ||
			((element_is_hinted(element, HINT_AD) ||
				 element_is_hinted(element, HINT_NOTE)) &&
				asks_to_subscribe(page, element)) ||
			is_labelled_ad(page, element) ||
			is_newsletter_box(page, element, named <= BOXES_NAMED_MAX))
			extraction_drop(x, element);
	}
}

/* "COMMENTS", "12 comments", "All Reader Comments (7)" */
static bool is_comments_label(const struct block *block)
{
	return block->words <= COMMENTS_WORDS && block->stops == 0 &&
	       block_says(block, PHRASE_COMMENT);
}

static bool is_kept_prose(const struct extraction *x, size_t i)
{
	return x->kept[i] && x->blocks.blocks[i].words >= PROSE_WORDS;
}

/* A paragraph kept in the first blocks stands in the same kind of element. */
static bool is_like_above(const struct extraction *x, size_t i, size_t end)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *own = &page->elements[page->blocks[i].element];
	size_t k;

	for (k = 0; k < end; k++) {
		const struct element *other = &page->elements[page->blocks[k].element];

		if (is_kept_prose(x, k) && other->signature == own->signature &&
			other->depth == own->depth)
			return true;
	}
	return false;
}

/* Behind such a label, where an article stands above it, all is what readers say when no paragraph
 * is like those above. */
static bool is_readers(const struct extraction *x, size_t label)
{
	float all = extraction_kept_words(x, &x->blocks.elements[0]), words = 0;
	size_t i;

	for (i = label + 1; i < x->blocks.block_count; i++) {
		if (is_kept_prose(x, i) && is_like_above(x, i, label))
			return false;
		words += x->kept[i] ? x->blocks.blocks[i].words : 0;
	}
	return words <= all * readers_share_max;
}

static void drop_behind_label(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, tried = 0;
	float words = 0;

	for (i = 0; i < page->block_count && tried < LABELS_MAX; i++) {
		words += is_kept_prose(x, i) ? page->blocks[i].words : 0;
		if (words < ARTICLE_WORDS || !is_comments_label(&page->blocks[i]))
			continue;
		tried++;
		if (!is_readers(x, i))
			continue;
		for (; i < page->block_count; i++)
			x->kept[i] = false;
	}
}

/* The page calls itself an article, and has one above its first comment, which is called so:
 * reviews may be the article's own. */
static bool is_article_above(const struct extraction *x, size_t first)
{
	const struct page_blocks *page = &x->blocks;
	float words = 0;
	size_t i, count = 0;

	if (first == 0 || !is_called(&page->elements[first], "comment") ||
		!(x->signals.is_og_article || x->signals.is_ld_article ||
			is_called(&page->elements[first], "articlecomment")) ||
		extraction_is_manual(x))
		return false;
	for (i = 0; i < page->elements[first].first_block; i++) {
		words += is_kept_prose(x, i) ? page->blocks[i].words : 0;
		count += is_kept_prose(x, i);
	}
	return count >= ARTICLE_PARAGRAPHS && words >= ARTICLE_WORDS;
}

/* "On comments" with the id that this gives it, above a paragraph of the article's own. */
static bool is_own_heading(const struct extraction *x, const struct element *element)
{
	const struct page_blocks *page = &x->blocks;
	size_t next = element->end_block;

	return element->tag == TAG_HEADING && next < page->block_count && is_kept_prose(x, next) &&
	       page->elements[page->blocks[next].element].parent == element->parent &&
	       is_like_above(x, next, element->first_block);
}

/* The readers' words under an article, not those of a thread. */
void extraction_drop_comments(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float all = extraction_kept_words(x, &page->elements[0]), words = 0, prose = 0;
	bool is_counting;
	size_t first = 0, headline = headline_block(page, x->signals.title), i;

	if (is_forum(&x->signals))
		return;
	if (!extraction_is_manual(x) && !(x->job->url && str_ifind(x->job->url, "/comments/")))
		drop_behind_label(x); /* else they are what the page is for */
	for (is_counting = true;; is_counting = false) {
		for (i = 1; i < page->element_count; i++) {
			const struct element *element = &page->elements[i];

			/* "review-header" has the review's own headline */
			if (!element_is_hinted(element, HINT_COMMENT) ||
				extraction_is_verdict(element) ||
				(element->first_block <= headline && headline < element->end_block))
				continue;
			if (is_own_heading(x, element) || extraction_is_answered(x, element)) {
				i = element->end - 1;
				continue;
			}
			if (!is_counting)
				extraction_drop(x, element);
			words += extraction_kept_words(x, element);
			prose += element->prose;
			if (first == 0 && extraction_kept_words(x, element) > 0)
				first = i;
			i = element->end - 1;
		}
		if (!is_counting || (!is_article_above(x, first) &&
					    (words > all * comment_share_max ||
						    prose > page->prose * thread_share)))
			return;
	}
}
