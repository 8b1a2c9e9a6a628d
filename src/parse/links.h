/* Lists of feeds: the feed links of a page, the outlines of an OPML document. */
#ifndef DIURNA_PARSE_LINKS_H
#define DIURNA_PARSE_LINKS_H

#include "core/job.h"

/* Into answer->links, allocated in answer->arena. STATUS_NOT_FOUND: none are there. */
enum status links_of_page(const struct job *job, struct answer *answer);
/* STATUS_SYNTAX: not OPML. message with STATUS_OK: why there is less than the document lists.
 * Source: OPML 2.0. */
enum status links_of_opml(const struct job *job, struct answer *answer);

#endif
