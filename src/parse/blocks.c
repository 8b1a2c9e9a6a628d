#include "parse/blocks.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/html.h"

#include <stdlib.h>
#include <string.h>

enum { TOOLTIP_SPACES = 3 }; /* a shorter text may be the word that is explained */

size_t block_of_node(const xmlNode *node)
{
	return (size_t)(uintptr_t)node->_private;
}

const char *block_text(const struct page_blocks *page, size_t index)
{
	return buf_text(&page->text) + page->blocks[index].text;
}

bool element_is_hinted(const struct element *element, enum hint hint)
{
	return element->hints & (1u << hint);
}

bool block_says(const struct block *block, enum phrase phrase)
{
	return block->phrases & (1u << phrase);
}

uint32_t block_hints(const struct page_blocks *page, size_t index, int levels)
{
	const struct element *element = &page->elements[page->blocks[index].element];
	uint32_t hints = page->blocks[index].hints;

	for (; levels > 0; levels--) {
		hints |= element->hints;
		if (element->parent == 0)
			break;
		element = &page->elements[element->parent];
	}
	return hints;
}

/* Whether a class of the list is that of a tooltip's text, not of its place or the word it
 * explains: "tooltiptext", "m-tooltip__content", "Term_tooltipBubble__x1". */
static bool names_tooltip_text(const char *list)
{
	static const char *const parts[] = {"text", "content", "bubble", "body", "box"};
	size_t i;

	while ((list = strcasestr(list, "tooltip")) != NULL) {
		list += strlen("tooltip");
		while (*list == '-' || *list == '_')
			list++;
		for (i = 0; i < ARRAY_LEN(parts); i++) {
			if (strncasecmp(list, parts[i], strlen(parts[i])) == 0)
				return true;
		}
	}
	return false;
}

/* An explanation that is there while the pointer is on a word of the sentence. A note that is shown
 * so is a footnote. */
static bool is_tooltip(const xmlNode *node)
{
	const char *class_name = html_attr(node, "class"), *role = html_attr(node, "role");
	struct buf text = {0};
	size_t spaces = 0;
	const char *s;

	if (role && str_eq(role, "tooltip"))
		return !class_name || !strstr(class_name, "note");
	if (!class_name || !names_tooltip_text(class_name))
		return false;
	html_text(node, &text);
	for (s = buf_text(&text); *s; s++)
		spaces += *s == ' ';
	buf_finish(&text);
	return spaces >= TOOLTIP_SPACES;
}

/* The names under which systems hide it. */
bool node_is_unseen(const xmlNode *node, const char *class_name)
{
	static const char *const names[] = {"sr-only", "visually-hidden", "visuallyhidden",
		"screen-reader-text", "u-visually-hidden", "is-sr-only"};
	size_t i;

	for (i = 0; class_name && i < ARRAY_LEN(names); i++) {
		if (html_has_token(class_name, names[i]))
			return true;
	}
	return html_attr(node, "data-unseen") != NULL || is_tooltip(node);
}

/* Names that the programs which ask visitors for their consent give to their boxes. */
static const char *const consent_ids[] = {"onetrust-consent-sdk", "onetrust-banner-sdk",
	"onetrust-pc-sdk", "CybotCookiebotDialog", "didomi-host", "qc-cmp2-container",
	"usercentrics-root", "cmplz-cookiebanner-container", "BorlabsCookieBox",
	"iubenda-cs-banner", "cookie-law-info-bar", "cliSettingsPopup", "moove_gdpr_cookie_modal",
	"moove_gdpr_cookie_info_bar", "axeptio_overlay", "truste-consent-track", "cmpbox",
	"tarteaucitronRoot", "cookiescript_injected", "shopify-pc__banner", "wpconsent-root",
	"hs-eu-cookie-confirmation"};
static const char *const consent_classes[] = {
	"cky-consent-container", "cky-modal", "osano-cm-window", "cc-window", "fc-consent-root"};

bool node_asks_consent(const xmlNode *node)
{
	const char *id = html_attr(node, "id"), *class_name = html_attr(node, "class");
	size_t i;

	for (i = 0; id && i < ARRAY_LEN(consent_ids); i++) {
		if (*id == *consent_ids[i] && str_eq(id, consent_ids[i]))
			return true;
	}
	if (id && str_starts(id, "sp_message_container_"))
		return true;
	for (i = 0; class_name && i < ARRAY_LEN(consent_classes); i++) {
		/* hardly any has it, and that is found out fast */
		if (strstr(class_name, consent_classes[i]) &&
			html_has_token(class_name, consent_classes[i]))
			return true;
	}
	return false;
}

/* The first of what is not seen in a block or behind it. */
static size_t first_unseen(const struct page_blocks *page, size_t block)
{
	size_t low = 0, high = page->unseen_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (page->unseen[middle].block < block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void block_put(const struct page_blocks *page, size_t index, struct buf *to)
{
	const char *text = block_text(page, index);
	size_t i = first_unseen(page, index), at = 0, end, before = to->len;

	for (; i < page->unseen_count && page->unseen[i].block == index; i++) {
		end = page->unseen[i].at + page->unseen[i].len;
		if (page->unseen[i].at > at)
			buf_put(to, text + at, page->unseen[i].at - at);
		at = end;
	}
	if (at < page->blocks[index].len)
		buf_puts(to, text + at);
	if (to->len == before)
		buf_puts(to, text);
}

bool block_is_unseen(const struct page_blocks *page, size_t index, const xmlNode *text)
{
	size_t i = first_unseen(page, index), len = 0;
	const xmlNode *node;

	for (; i < page->unseen_count && page->unseen[i].block == index; i++)
		len += page->unseen[i].len;
	if (len == 0 || len >= page->blocks[index].len)
		return false;
	for (node = text->parent; node && tag_of(node) < TAG_BLOCK; node = node->parent) {
		if (node_is_unseen(node, html_attr(node, "class")))
			return true;
	}
	return node && tag_of(node) == TAG_BUTTON &&
	       page->elements[page->blocks[index].element].tag == TAG_HEADING;
}

uint64_t text_hash(const char *text, size_t len)
{
	uint64_t hash = 1469598103934665603u; /* FNV-1a */
	bool has_any = false;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)str_lower_char(text[i]);

		if (c < 0x80 && !str_is_alpha((char)c) && !str_is_digit((char)c))
			continue;
		hash = (hash ^ c) * 1099511628211u;
		has_any = true;
	}
	return has_any ? hash : 0;
}

void blocks_finish(struct page_blocks *page)
{
	if (!page)
		return;
	buf_finish(&page->text);
	free(page->elements);
	free(page->blocks);
	free(page->unseen);
	memset(page, 0, sizeof(*page));
}
