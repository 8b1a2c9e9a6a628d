/* How the sanitiser's writer writes tags: values checked, made absolute, quoted. */
#ifndef DIURNA_PARSE_CLEAN_ATTR_H
#define DIURNA_PARSE_CLEAN_ATTR_H

#include "parse/clean_write.h"

/* False: the element says nothing without what it lacks, or is a tracking pixel. */
bool clean_is_worth(struct cleaner *c, const struct clean_element *element,
	const struct clean_given *given, size_t count);
/* The start tag, with the attributes that pass. */
void clean_put_tag(struct cleaner *c, const struct clean_element *element,
	const struct clean_given *given, size_t count);
/* Text, or an attribute's value without its quotes. Source: WHATWG HTML 13.3. */
void clean_put_escaped(struct buf *to, const char *text, size_t len, bool is_attribute);

#endif
