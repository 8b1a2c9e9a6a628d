#include "parse/clean.h"

#include "core/str.h"
#include "core/url.h"
#include "parse/clean_write.h"
#include "parse/entity.h"
#include "parse/html_token.h"

#include <string.h>
#include <strings.h>

typedef void write_text(struct cleaner *c, const char *text, size_t len);

/* Text of source, its references replaced. */
static void feed_text(
	struct cleaner *c, const char *text, size_t len, write_text *write, struct buf *scratch)
{
	if (!memchr(text, '&', len)) {
		write(c, text, len);
		return;
	}
	buf_clear(scratch);
	entity_decode(text, len, ENTITY_TEXT, scratch);
	write(c, buf_text(scratch), scratch->len);
}

/* SVG's description of a picture: that and its title are all that is kept of it, as plain text. */
static bool is_description(const struct cleaner *c, const struct html_token *token)
{
	return cleaner_is_in_picture(c) && token->len == 4 &&
	       strncasecmp(token->text, "desc", 4) == 0;
}

/* A start tag of source. Values are decoded into scratch one after the other. */
static void feed_start(struct cleaner *c, struct html_tokenizer *t, const struct html_token *token,
	struct buf *scratch)
{
	const struct clean_element *element = clean_element(token->text, token->len);
	struct clean_given given[HTML_ATTRIBUTES];
	const char *text;
	size_t count = 0, i, len;

	if (!element) {
		return;
	}
	if (element->flags & CLEAN_RAW) {
		if (token->is_self_closing && cleaner_is_skipping(c))
			return;
		html_skip_raw(t, element->name, &text, &len);
		if (cleaner_is_in_picture(c) && str_eq(element->name, "title"))
			feed_text(c, text, len, cleaner_text_instead, scratch);
		return;
	}
	if (element->flags & CLEAN_KEEP && !cleaner_is_skipping(c)) {
		buf_clear(scratch);
		for (i = 0; i < token->attribute_count; i++) {
			const struct html_attribute *a = &token->attributes[i];
			const struct clean_attribute *row;

			row = clean_attribute_wanted(element, a->name, a->name_len);
			if (!row)
				continue;
			given[count].row = row;
			given[count].at = scratch->len;
			entity_decode(a->value, a->value_len, ENTITY_ATTRIBUTE, scratch);
			buf_putc(scratch, '\0');
			count++;
		}
	}
	for (i = 0; i < count; i++)
		given[i].value = scratch->data + given[i].at;
	cleaner_start(c, element, given, count);
	if (token->is_self_closing && element->flags & CLEAN_DROP)
		cleaner_end_name(c, element);
}

void clean_html(const char *html, size_t len, const char *base_url, struct buf *to)
{
	struct html_tokenizer t;
	struct html_token token;
	struct buf scratch = {0};
	const struct clean_element *element;
	bool is_described = false;
	struct cleaner c;

	cleaner_init(&c, base_url, to);
	html_tokenizer_init(&t, html, len);
	while (html_next(&t, &token)) {
		if (token.is_cut)
			continue;
		switch (token.kind) {
		case HTML_TEXT:
			feed_text(&c, token.text, token.len,
				is_described && cleaner_is_in_picture(&c) ? cleaner_text_instead
									  : cleaner_text,
				&scratch);
			break;
		case HTML_START:
			is_described |= is_description(&c, &token) && !token.is_self_closing;
			feed_start(&c, &t, &token, &scratch);
			break;
		case HTML_END:
			is_described &= cleaner_is_in_picture(&c) && !is_description(&c, &token);
			element = clean_element(token.text, token.len);
			if (element)
				cleaner_end_name(&c, element);
			break;
		}
	}
	cleaner_finish(&c);
	buf_finish(&scratch);
}

static void put_value(const xmlAttr *attribute, struct buf *to)
{
	const xmlNode *node;

	for (node = attribute->children; node; node = node->next) {
		if (node->type == XML_TEXT_NODE && node->content)
			buf_puts(to, (const char *)node->content);
	}
	buf_putc(to, '\0');
}

/* Enter an element of a tree; returns what cleaner_end takes. */
static unsigned enter(struct cleaner *c, const xmlNode *node, const struct clean_element *element,
	struct buf *scratch)
{
	struct clean_given given[HTML_ATTRIBUTES];
	const xmlAttr *a;
	size_t count = 0, i;

	if (!(element->flags & CLEAN_KEEP) || cleaner_is_skipping(c))
		return cleaner_start(c, element, NULL, 0);
	buf_clear(scratch);
	for (a = node->properties; a && count < HTML_ATTRIBUTES; a = a->next) {
		const char *name = (const char *)a->name;
		const struct clean_attribute *row;

		row = clean_attribute_wanted(element, name, strlen(name));
		if (!row)
			continue;
		given[count].row = row;
		given[count].at = scratch->len;
		put_value(a, scratch);
		count++;
	}
	for (i = 0; i < count; i++)
		given[i].value = scratch->data + given[i].at;
	return cleaner_start(c, element, given, count);
}

/* The inside of this element is looked at. */
static bool is_entered(const xmlNode *node, const struct clean_element *element)
{
	if (node->type != XML_ELEMENT_NODE || !node->children)
		return false;
	return !element || !(element->flags & (CLEAN_DROP | CLEAN_RAW | CLEAN_VOID)) ||
	       element->rule == CLEAN_SOURCE;
}

/*
 * Walks a tree without recursion: trees of pages may be deep. The tree remembers where we are, a
 * bounded stack what each level was written as.
 */
static void walk(struct cleaner *c, const xmlNode *top, bool is_whole, struct buf *scratch)
{
	enum { LEVELS = 256 };
	unsigned ends[LEVELS];
	const xmlNode *node = is_whole ? top : top->children;
	const struct clean_element *element;
	size_t level = 0;
	unsigned end;

	while (node) {
		element = NULL;
		end = 0;
		if (node->type == XML_ELEMENT_NODE) {
			const char *name = (const char *)node->name;

			element = clean_element(name, strlen(name));
			if (element && !(element->flags & CLEAN_DROP))
				end = enter(c, node, element, scratch);
		} else if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
			   node->content) {
			const char *text = (const char *)node->content;

			cleaner_text(c, text, strlen(text));
		}
		if (is_entered(node, element)) {
			if (level < LEVELS)
				ends[level] = end;
			level++;
			node = node->children;
			continue;
		}
		cleaner_end(c, end);
		while (node && node != top && !node->next) {
			node = node->parent;
			if (level == 0)
				return;
			level--;
			cleaner_end(c, level < LEVELS ? ends[level] : 0);
			if (node == top)
				return;
		}
		if (!node || node == top)
			return;
		node = node->next;
	}
}

static void clean_tree(const xmlNode *node, bool is_whole, const char *base_url, struct buf *to)
{
	struct buf scratch = {0};
	struct cleaner c;

	cleaner_init(&c, base_url, to);
	walk(&c, node, is_whole, &scratch);
	cleaner_finish(&c);
	buf_finish(&scratch);
}

void clean_children(const xmlNode *node, const char *base_url, struct buf *to)
{
	clean_tree(node, false, base_url, to);
}

void clean_node(const xmlNode *node, const char *base_url, struct buf *to)
{
	clean_tree(node, true, base_url, to);
}
