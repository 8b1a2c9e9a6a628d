/* The table of feed formats and the two readers behind it. */
#ifndef DIURNA_PARSE_FEED_FORMATS_H
#define DIURNA_PARSE_FEED_FORMATS_H

#include "parse/feed_build.h"

/* A root element that makes a document a feed. */
struct feed_format {
	const char *root; /* its name, case aside */
	/* Which format it is; NULL: none after all. */
	const char *(*recognise)(const struct xml_reader *r);
	enum xml_ns home;       /* namespace of its elements */
	const char *containers; /* elements that hold others of the feed, between spaces */
	const char *entry;      /* the element of an entry */
	bool is_entry;          /* the root is an entry itself (RFC 4287, 2) */
};

/* Ended by a row without a root. */
extern const struct feed_format feed_formats[];

/* An XML document. False: no format recognised it. */
bool feed_read_xml(struct feed_build *b, const char *text, size_t len);

/* A JSON Feed; text is freed as soon as it was read. False: it is none. */
bool feed_read_json(struct feed_build *b, struct buf *text);

#endif
