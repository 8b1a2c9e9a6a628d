/* Pieces of XML documents, and names that are the same every time. */
#ifndef DIURNA_EDITION_XML_H
#define DIURNA_EDITION_XML_H

#include "core/buf.h"

/* Escaped, without the characters that XML 1.0 forbids (2.2). NULL is empty. */
void put_xml(const char *text, struct buf *to);
/* <name>text</name>; nothing where text is NULL or "". */
void put_xml_element(const char *name, const char *text, struct buf *to);
/* Removes what XML 1.0 forbids from everything written after byte `from`. */
void xml_drop_forbidden(struct buf *text, size_t from);
/*
 * "urn:uuid:..." made from a seed: the same seed, the same name. Source: RFC 9562, 5.8 (version 8),
 * from SHA-256.
 */
void put_urn(const char *seed, struct buf *to);
/* 24 hexadecimal digits made from a seed. */
void put_hash(const char *seed, struct buf *to);

#endif
