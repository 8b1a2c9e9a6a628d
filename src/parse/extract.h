/* The article of a page. */
#ifndef DIURNA_PARSE_EXTRACT_H
#define DIURNA_PARSE_EXTRACT_H

#include "core/doc.h"
#include "core/job.h"

/*
 * Find the article of a page.
 *
 * job      the page and what is known of the entry that led to it; borrowed
 * article  initialised by the caller; its arena holds every string; article_finish() frees it
 *
 * STATUS_UNSUPPORTED: no HTML (a PDF, an image). STATUS_NOT_FOUND: no text on it; what is known
 * of its metadata is there. article->reason says why.
 */
enum status extract_article(const struct job *job, struct article *article);

#endif
