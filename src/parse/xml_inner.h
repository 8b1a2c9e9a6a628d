/* Between the files of the XML reader. */
#ifndef DIURNA_PARSE_XML_INNER_H
#define DIURNA_PARSE_XML_INNER_H

#include "parse/xml.h"

/* Read over <!DOCTYPE ...> at r->at, keeping its small literal entities. */
void xml_skip_doctype(struct xml_reader *r);
/* The next occurrence of what from there on, or NULL. */
const char *xml_find(const struct xml_reader *r, const char *from, const char *what);

#endif
