/* The XML reader by itself: its events, then its trees. */
#include "check.h"

#include "core/limits.h"
#include "core/utf8.h"
#include "parse/charset.h"
#include "parse/xml.h"

#include <stdlib.h>

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_part(const struct xml_reader *r, const char *text, size_t len)
{
	check(text >= r->start && text <= r->end && len <= (size_t)(r->end - text));
}

/* Every start has its stop, and what is told of lies in the source. */
static void check_events(struct xml_reader *r)
{
	size_t depth = 0, last = 0, i;
	enum xml_event event;

	while ((event = xml_next(r)) != XML_END_OF_DOCUMENT) {
		check((size_t)(r->at - r->start) >= last);
		last = (size_t)(r->at - r->start);
		if (event == XML_CHARS) {
			check_part(r, r->text, r->text_len);
			continue;
		}
		check_part(r, r->name, r->name_len);
		depth = event == XML_START ? depth + 1 : depth - 1;
		check(depth <= LIMIT_XML_DEPTH);
		for (i = 0; event == XML_START && i < r->attribute_count; i++) {
			check_part(r, r->attributes[i].name, r->attributes[i].name_len);
			check_part(r, r->attributes[i].value, r->attributes[i].value_len);
		}
	}
	check(depth == 0);
}

static void check_tree(struct xml_reader *r, const struct xml_node *node, struct buf *text)
{
	const struct xml_node *child;
	size_t i;

	for (i = 0; i < node->attribute_count; i++)
		xml_put_text(
			r, node->attributes[i].value, node->attributes[i].value_len, false, text);
	for (child = node->first; child; child = child->next) {
		check(child->parent == node);
		check(child->next || child == node->last);
		if (child->kind == XML_ELEMENT)
			check_tree(r, child, text);
		else
			xml_put_text(
				r, child->text, child->text_len, child->kind == XML_LITERAL, text);
	}
}

/* Some element ends what is around it, so that going back is tried. */
static enum xml_place place(const struct xml_reader *r, const struct xml_node *parent)
{
	(void)parent;
	if (r->name_len == 4)
		return XML_AFTER_TOP;
	return r->name_len == 3 ? XML_AFTER_PARENT : XML_INSIDE;
}

static void check_trees(struct xml_reader *r)
{
	struct arena arena = {0};
	struct buf text = {0};
	enum xml_event event;
	int count = 0;

	while ((event = xml_next(r)) != XML_END_OF_DOCUMENT) {
		if (event == XML_START)
			check_tree(r, xml_collect(r, &arena, count++ % 2 ? place : NULL), &text);
		arena_finish(&arena);
	}
	check(utf8_is_valid(buf_text(&text), text.len));
	buf_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct buf utf8 = {0};
	struct xml_reader r;
	const char *charset;

	charset_prepare();
	charset_to_utf8(CHARSET_XML, (const char *)data, size, NULL, &utf8, &charset);
	xml_reader_init(&r, buf_text(&utf8), utf8.len, "https://feeds.example/", &arena);
	check_events(&r);
	xml_reader_finish(&r);
	xml_reader_init(&r, buf_text(&utf8), utf8.len, NULL, &arena);
	check_trees(&r);
	xml_reader_finish(&r);
	arena_finish(&arena);
	buf_finish(&utf8);
	return 0;
}
