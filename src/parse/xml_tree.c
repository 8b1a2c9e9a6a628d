/* Trees out of the reader's events: one entry of a feed at a time. */
#include "parse/xml.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static struct xml_node *new_node(struct arena *arena, struct xml_node *parent)
{
	struct xml_node *node = arena_calloc(arena, 1, sizeof(*node));

	node->parent = parent;
	if (parent) {
		if (parent->last)
			parent->last->next = node;
		else
			parent->first = node;
		parent->last = node;
	}
	return node;
}

static struct xml_node *new_element(
	const struct xml_reader *r, struct arena *arena, struct xml_node *parent)
{
	struct xml_node *node = new_node(arena, parent);
	size_t size = r->attribute_count * sizeof(*r->attributes);

	node->kind = XML_ELEMENT;
	node->ns = r->ns;
	node->name = r->name;
	node->name_len = r->name_len;
	node->base = xml_base(r);
	node->language = xml_language(r);
	node->attribute_count = r->attribute_count;
	if (size > 0) {
		node->attributes = arena_alloc(arena, size);
		memcpy(node->attributes, r->attributes, size);
	}
	return node;
}

/* End every element above depth and read again from at. */
static void go_back(struct xml_reader *r, size_t depth, const char *at)
{
	r->is_empty_element = false;
	while (r->depth > depth) {
		r->due_stops = 1;
		xml_next(r);
	}
	r->at = at;
}

static struct xml_node *parent_of(struct xml_node *node)
{
	return (struct xml_node *)(uintptr_t)node->parent;
}

/* Read over the element that was started. */
static void skip(struct xml_reader *r)
{
	size_t depth = r->depth;

	while (r->depth >= depth && xml_next(r) != XML_END_OF_DOCUMENT)
		continue;
}

struct xml_node *xml_collect(struct xml_reader *r, struct arena *arena,
	enum xml_place (*place)(const struct xml_reader *r, const struct xml_node *parent))
{
	size_t top_depth = r->depth, count = 0;
	struct xml_node *top = new_element(r, arena, NULL), *node = top;
	enum xml_place where;

	for (;;) {
		const char *before = r->at;

		switch (xml_next(r)) {
		case XML_START:
			where = place ? place(r, node) : XML_INSIDE;
			if (where == XML_AFTER_TOP) {
				go_back(r, top_depth - 1, before);
				return top;
			}
			if (where == XML_AFTER_PARENT && node != top) {
				go_back(r, r->depth - 2, before);
				node = parent_of(node);
				break;
			}
			if (++count > LIMIT_XML_NODES) {
				skip(r);
				break;
			}
			node = new_element(r, arena, node);
			break;
		case XML_STOP:
			if (node == top)
				return top;
			node = parent_of(node);
			break;
		case XML_CHARS:
			if (r->text_len == 0 || ++count > LIMIT_XML_NODES)
				break;
			node = new_node(arena, node);
			node->kind = r->is_literal ? XML_LITERAL : XML_TEXT;
			node->text = r->text;
			node->text_len = r->text_len;
			node = parent_of(node);
			break;
		case XML_END_OF_DOCUMENT: return top;
		}
	}
}

bool xml_is(const struct xml_node *node, enum xml_ns ns, const char *name)
{
	return node->kind == XML_ELEMENT && node->ns == ns &&
	       strncasecmp(node->name, name, node->name_len) == 0 && name[node->name_len] == '\0';
}

const struct xml_attribute *xml_attribute_ns(
	const struct xml_node *node, enum xml_ns ns, const char *name)
{
	size_t i;

	for (i = 0; i < node->attribute_count; i++) {
		const struct xml_attribute *a = &node->attributes[i];

		if (a->ns == ns && strncasecmp(a->name, name, a->name_len) == 0 &&
			name[a->name_len] == '\0')
			return a;
	}
	return NULL;
}

const struct xml_attribute *xml_attribute(const struct xml_node *node, const char *name)
{
	return xml_attribute_ns(node, XML_NS_NONE, name);
}

const char *xml_value(
	struct xml_reader *r, const struct xml_node *node, const char *name, struct buf *to)
{
	const struct xml_attribute *a = xml_attribute(node, name);

	if (!a)
		return NULL;
	buf_clear(to);
	xml_put_text(r, a->value, a->value_len, false, to);
	return buf_text(to);
}
