/*
 * A reader of XML as feeds have it. It reads well-formed documents as XML 1.0 and Namespaces say,
 * and goes on where others stop: bare & and <, HTML's entities, undeclared prefixes, attributes
 * without quotes, end tags that match nothing or come too early, junk around the root, a missing
 * end. libxml2 cannot be made to: its recovery takes a wrong end tag for the end of the innermost
 * element, so that one unclosed title swallows the items after it.
 *
 * It reads no DTD but the small literal entities of the internal subset, and opens nothing.
 * Time is linear, depth bounded. The source must be clean UTF-8 (parse/charset).
 */
#ifndef DIURNA_PARSE_XML_H
#define DIURNA_PARSE_XML_H

#include "core/arena.h"
#include "core/buf.h"
#include "parse/xml_names.h"

#include <stdbool.h>
#include <stddef.h>

enum xml_event {
	XML_END_OF_DOCUMENT,
	XML_START, /* of an element */
	XML_STOP,  /* of the innermost open element */
	XML_CHARS, /* text */
};

struct xml_attribute {
	enum xml_ns ns;
	const char *name; /* local part, as written */
	size_t name_len;
	const char *value; /* as written, references not replaced */
	size_t value_len;
};

enum xml_node_kind {
	XML_ELEMENT,
	XML_TEXT,    /* with references */
	XML_LITERAL, /* CDATA */
};

/* Part of a tree. Everything it points to lives in the source or in the tree's arena. */
struct xml_node {
	enum xml_node_kind kind;
	enum xml_ns ns;
	const char *name; /* elements: the local part, as written */
	size_t name_len;
	const char *text; /* text: as written */
	size_t text_len;
	struct xml_attribute *attributes;
	size_t attribute_count;
	const char *base;     /* xml:base in force, absolute as far as known; NULL: none */
	const char *language; /* xml:lang in force; NULL: none */
	const struct xml_node *parent;
	struct xml_node *first, *last, *next;
};

struct xml_entity;
struct xml_prefix;
struct xml_open;

struct xml_reader {
	const char *start, *at, *end; /* the source */

	/* the current event */
	enum xml_ns ns;
	const char *name; /* local part of an element */
	size_t name_len;
	const char *uri; /* of XML_START: the namespace as written; NULL: none declared */
	size_t uri_len;
	const char *text; /* of XML_CHARS */
	size_t text_len;
	bool is_literal; /* text is CDATA: it has no references */
	struct xml_attribute *attributes;
	size_t attribute_count;
	bool is_cut;       /* the source ended within an element */
	bool was_too_deep; /* elements below LIMIT_XML_DEPTH were passed over */

	size_t depth; /* open elements, the current one included */

	/* own */
	struct xml_attribute *attribute_space;
	size_t attribute_room;
	struct xml_open *open;
	size_t open_space;
	size_t too_deep;  /* elements open below LIMIT_XML_DEPTH: not told about */
	size_t due_stops; /* elements that an end tag ends, still to be told */
	bool is_empty_element;
	struct xml_prefix *prefixes;
	size_t prefix_count, prefix_space;
	struct xml_entity *entities;
	size_t entity_count, entity_space;
	size_t expansion_left; /* bytes that entities of the DTD may still become */
	bool has_no_cdata_end, has_no_comment_end, has_doctype;
	struct arena *arena; /* for bases and languages */
	void (*on_warning)(void *context, size_t at, const char *what);
	void *warning_context;
};

/* base: the document's own address, or NULL. arena outlives the reader. */
void xml_reader_init(struct xml_reader *r, const char *source, size_t len, const char *base,
	struct arena *arena);
void xml_reader_finish(struct xml_reader *r);
enum xml_event xml_next(struct xml_reader *r);

/* The URI of declared prefix number i, below prefix_count, has this part. */
bool xml_prefix_has(const struct xml_reader *r, size_t i, const char *part);

/* The base URL and language in force in the innermost open element. */
const char *xml_base(const struct xml_reader *r);
const char *xml_language(const struct xml_reader *r);

/* What an element that just started means for those around it. */
enum xml_place {
	XML_INSIDE,       /* it belongs there */
	XML_AFTER_PARENT, /* its parent's end tag is missing */
	XML_AFTER_TOP,    /* the end tag of the whole tree is */
};

/*
 * After XML_START: read on to the end of that element and return it as a tree in arena. place, when
 * not NULL, is asked at every element within. After XML_AFTER_TOP the element that it was asked
 * about is the next event again. Nodes beyond LIMIT_XML_NODES are passed over.
 */
struct xml_node *xml_collect(struct xml_reader *r, struct arena *arena,
	enum xml_place (*place)(const struct xml_reader *r, const struct xml_node *parent));

/* Append text with its references replaced; is_literal: as it is. */
void xml_put_text(
	struct xml_reader *r, const char *text, size_t len, bool is_literal, struct buf *to);

/* The element has this name, case aside. */
bool xml_is(const struct xml_node *node, enum xml_ns ns, const char *name);
/* An attribute without a namespace, or NULL. */
const struct xml_attribute *xml_attribute(const struct xml_node *node, const char *name);
const struct xml_attribute *xml_attribute_ns(
	const struct xml_node *node, enum xml_ns ns, const char *name);
/* Its value, references replaced, into to (cleared before). NULL: no such attribute. */
const char *xml_value(
	struct xml_reader *r, const struct xml_node *node, const char *name, struct buf *to);

#endif
