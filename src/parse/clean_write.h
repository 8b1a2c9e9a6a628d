/*
 * The writer of the sanitiser: takes tags and text in any order and writes HTML whose tree, once
 * parsed by a browser, is the one that was written. It knows the rules of tree construction by
 * which a parser would move, close or invent elements (WHATWG HTML 13.2.6), and follows them
 * itself.
 */
#ifndef DIURNA_PARSE_CLEAN_WRITE_H
#define DIURNA_PARSE_CLEAN_WRITE_H

#include "core/buf.h"
#include "parse/clean_policy.h"

enum { CLEAN_DEPTH = 100 }; /* nested elements that are written; browsers stop at 512 */

struct clean_open {
	const struct clean_element *element;
	unsigned serial; /* what cleaner_start returned; 0: nobody asked for it, it is implied */
};

struct cleaner {
	struct buf *to;
	const char *base_url; /* borrowed */
	struct clean_open stack[CLEAN_DEPTH];
	size_t depth;
	unsigned serial;                     /* of the newest element */
	const struct clean_element *skipped; /* dropped with its inside; NULL: none */
	size_t skip_depth;                   /* elements of that name within each other */
	bool is_in_pre_start;                /* nothing was written since <pre> */
	struct buf url;                      /* scratch: the last URL that was made absolute */
	const char *resolved;                /* what it was made of */
};

/* An attribute as it was given: decoded, not yet checked. */
struct clean_given {
	const struct clean_attribute *row;
	const char *value;
	size_t at; /* of the caller: where its value is */
};

void cleaner_init(struct cleaner *c, const char *base_url, struct buf *to);
/* Closes what is open. */
void cleaner_finish(struct cleaner *c);

/* What is kept of an attribute, or needed to judge the element; NULL: neither. */
const struct clean_attribute *clean_attribute_wanted(
	const struct clean_element *element, const char *name, size_t len);

/* A start tag; the number is for cleaner_end, 0 when no element was opened. */
unsigned cleaner_start(struct cleaner *c, const struct clean_element *element,
	const struct clean_given *given, size_t count);
/* Ends the element of that number, if it is still open. */
void cleaner_end(struct cleaner *c, unsigned serial);
/* An end tag of source: ends the innermost element of that name within its scope. */
void cleaner_end_name(struct cleaner *c, const struct clean_element *element);
/* Text, references replaced. */
void cleaner_text(struct cleaner *c, const char *text, size_t len);
/* Everything goes until an end tag. */
bool cleaner_is_skipping(const struct cleaner *c);
/* The same, and it is a picture of SVG. */
bool cleaner_is_in_picture(const struct cleaner *c);
/* Text that stands for what is skipped. */
void cleaner_text_instead(struct cleaner *c, const char *text, size_t len);

#endif
