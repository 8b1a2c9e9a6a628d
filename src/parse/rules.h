/*
 * Rules of one site, for the few whose pages the general way does not read: a text of lines
 * "name: selector", '#' begins a comment. Names: title, body, strip (both may stand more than
 * once), next, author, date. A selector that begins with '/' or '(' is XPath 1.0, others are CSS:
 * names, .class, #id, [attribute], [attribute=value] (also ^=, $=, *=, ~=), descendants, '>' and
 * commas.
 */
#ifndef DIURNA_PARSE_RULES_H
#define DIURNA_PARSE_RULES_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/status.h"

#include <libxml/tree.h>
#include <stdbool.h>

enum { RULE_BODIES = 64 };

/* What a rule found on a page. */
struct rule_result {
	const char *title;            /* plain text; NULL: nothing found or not asked for */
	const char *author;           /* likewise */
	const char *date;             /* as written: the datetime attribute, else the text */
	const char *next;             /* href, as written */
	xmlNode *bodies[RULE_BODIES]; /* in document order */
	size_t body_count;
	bool has_body;     /* the rule names one */
	const char *wrong; /* lines that cannot be understood, and why; NULL: all could */
	size_t wrong_count;
};

/* Apply a rule's text: strips what it says from the tree, finds the rest. */
void rules_apply(const char *rule, xmlDoc *doc, struct arena *arena, struct rule_result *result);

/* CSS-like selector to XPath. STATUS_SYNTAX: it is none. */
enum status rules_xpath(const char *selector, struct buf *xpath);

#endif
