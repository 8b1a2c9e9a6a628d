/* The document type: small literal entities, and what they stand for in text. */
#include "parse/xml_inner.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/entity.h"

#include <string.h>

/* A literal entity of the DTD. */
struct xml_entity {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

enum { ENTITY_DEPTH = 4 }; /* entities within entities */

const char *xml_find(const struct xml_reader *r, const char *from, const char *what)
{
	return from < r->end ? memmem(from, (size_t)(r->end - from), what, strlen(what)) : NULL;
}

/* <!ENTITY name "value">; p is behind "<!ENTITY". Parameter and external entities are left out. */
static void read_entity(struct xml_reader *r, const char *p, const char *end)
{
	struct xml_entity entity;
	char quote;

	while (p < end && str_is_space(*p))
		p++;
	entity.name = p;
	while (p < end && !str_is_space(*p))
		p++;
	entity.name_len = (size_t)(p - entity.name);
	while (p < end && str_is_space(*p))
		p++;
	if (entity.name_len == 0 || entity.name[0] == '%' || p >= end || (*p != '"' && *p != '\''))
		return;
	quote = *p++;
	entity.value = p;
	p = memchr(p, quote, (size_t)(end - p));
	if (!p || (size_t)(p - entity.value) > LIMIT_XML_ENTITY_BYTES ||
		r->entity_count >= LIMIT_XML_ENTITIES)
		return;
	entity.value_len = (size_t)(p - entity.value);
	ARRAY_GROW(r->entities, r->entity_count, r->entity_space);
	r->entities[r->entity_count++] = entity;
}

/* The end of a declaration: the first '>' that is not quoted. */
static const char *declaration_end(const char *p, const char *end)
{
	char quote = 0;

	for (; p < end; p++) {
		if (quote) {
			if (*p == quote)
				quote = 0;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (*p == '>') {
			return p;
		}
	}
	return NULL;
}

/* The internal subset, from behind '[' to behind ']'. */
static const char *read_subset(struct xml_reader *r, const char *p)
{
	const char *end;

	while (p < r->end && *p != ']') {
		if (r->end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			end = xml_find(r, p + 4, "-->");
			p = end ? end + 3 : r->end;
		} else if (*p == '<') {
			end = declaration_end(p, r->end);
			if (!end)
				return r->end;
			if (end - p > 8 && memcmp(p, "<!ENTITY", 8) == 0)
				read_entity(r, p + 8, end);
			p = end + 1;
		} else {
			p++;
		}
	}
	return p < r->end ? p + 1 : p;
}

void xml_skip_doctype(struct xml_reader *r)
{
	const char *p = r->at + 9, *end;
	char quote = 0;

	if (r->has_doctype) /* one is enough, and a second look would cost time without end */
		p = r->end;
	r->has_doctype = true;
	for (; p < r->end; p++) {
		if (quote) {
			if (*p == quote)
				quote = 0;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (*p == '[') {
			p = read_subset(r, p + 1) - 1;
		} else if (*p == '>') {
			r->at = p + 1;
			return;
		} else if (*p == '<') { /* never closed */
			r->at = p;
			return;
		}
	}
	/* a quote that is never closed: the declaration is over at its '>' */
	end = memchr(r->at, '>', (size_t)(r->end - r->at));
	r->at = end ? end + 1 : r->end;
}

static const struct xml_entity *find_entity(
	const struct xml_reader *r, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < r->entity_count; i++) {
		if (r->entities[i].name_len == len && memcmp(r->entities[i].name, name, len) == 0)
			return &r->entities[i];
	}
	return NULL;
}

static void put_references(
	struct xml_reader *r, const char *text, size_t len, int level, struct buf *to);

/* A reference to an entity of the DTD at text; 0: it is none. */
static size_t put_entity(
	struct xml_reader *r, const char *text, size_t len, int level, struct buf *to)
{
	const char *end = memchr(text, ';', len < 64 ? len : 64);
	const struct xml_entity *entity;

	if (!end || level >= ENTITY_DEPTH)
		return 0;
	entity = find_entity(r, text + 1, (size_t)(end - text - 1));
	if (!entity || entity->value_len > r->expansion_left)
		return 0;
	r->expansion_left -= entity->value_len;
	put_references(r, entity->value, entity->value_len, level + 1, to);
	return (size_t)(end - text + 1);
}

static void put_references(
	struct xml_reader *r, const char *text, size_t len, int level, struct buf *to)
{
	const char *end = text + len, *amp;
	size_t n;

	while ((amp = memchr(text, '&', (size_t)(end - text))) != NULL) {
		buf_put(to, text, (size_t)(amp - text));
		len = (size_t)(end - amp);
		n = r->entity_count > 0 ? put_entity(r, amp, len, level, to) : 0;
		if (n == 0)
			n = entity_put(amp, len, ENTITY_STRICT, to);
		if (n == 0) {
			buf_putc(to, '&');
			n = 1;
		}
		text = amp + n;
	}
	buf_put(to, text, (size_t)(end - text));
}

void xml_put_text(
	struct xml_reader *r, const char *text, size_t len, bool is_literal, struct buf *to)
{
	if (is_literal)
		buf_put(to, text, len);
	else
		put_references(r, text, len, 0, to);
}
