/* Lists of feeds as other readers write them, taken into one of ours. */
#ifndef DIURNA_CLI_LISTS_H
#define DIURNA_CLI_LISTS_H

#include "core/buf.h"
#include "core/status.h"

#include <stddef.h>

/* What is taken, for messages. */
#define LIST_MEANT "OPML, newsboat's urls, an sfeedrc or addresses, one a line, were meant"

/* One line of a list that names a feed, or should. Strings live until the callback returns. */
struct list_line {
	const char *url;    /* NULL: broken */
	const char *title;  /* NULL: none */
	const char *folder; /* NULL: none */
	const char *broken; /* why, for people; NULL: fine */
	size_t number;      /* from 1 */
};

typedef void list_taker(void *context, const struct list_line *line);

/*
 * Read a text that is no OPML: newsboat's "urls" (address, then tags, "~title"), an sfeedrc (feed
 * "title" "address"), or addresses, one a line. "#" begins a comment. Lines that are empty, or name
 * something other than a feed of the network (a query, a program), go by; the latter are told as
 * broken.
 */
void list_read(const char *text, list_taker *take, void *context);
/* The bytes begin as a document of XML does, in UTF-8 or UTF-16. */
bool list_is_xml(const char *text, size_t len);
/* A list in UTF-16, as PowerShell writes it, becomes UTF-8. STATUS_SYNTAX: it is no text. */
enum status list_to_utf8(struct buf *text);
/*
 * What a person means by an address: "feed:" goes, "https://" comes before a name without a scheme.
 * False: it cannot be one.
 */
bool list_address(const char *text, struct buf *url);

#endif
