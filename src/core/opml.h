/* The list of subscriptions that our programs write: an OPML file with a folder a section. */
#ifndef DIURNA_CORE_OPML_H
#define DIURNA_CORE_OPML_H

#include "core/arena.h"
#include "core/job.h"
#include "core/status.h"
#include "core/urlset.h"

#include <stddef.h>

struct opml {
	struct arena arena;
	struct doc_link *links; /* strings in the arena; folder NULL: none */
	size_t count, space;
	struct urlset places; /* of links */
	int lock;             /* on its folder while it is changed; -1: none */
};

/* All zeros but lock is empty. */
void opml_init(struct opml *opml);
void opml_finish(struct opml *opml);
/*
 * Keep others from changing the file at path until opml_finish. waits: for whoever changes it now.
 * False: errno, EWOULDBLOCK where somebody does.
 */
bool opml_lock(struct opml *opml, const char *path, bool waits);
/*
 * What the file holds, by a parser process. STATUS_NOT_FOUND: no file. why: a sentence, to free;
 * with STATUS_OK: why not all of it could be read, or NULL.
 */
enum status opml_read(struct opml *opml, const char *path, char **why);
/* The same of a text. */
enum status opml_parse(struct opml *opml, const struct buf *text, char **why);
/* Place in links, or count: it is not there. */
size_t opml_find(const struct opml *opml, const char *url);
/* At its end. False: it was there already. */
bool opml_add(struct opml *opml, const char *url, const char *title, const char *folder);
void opml_remove(struct opml *opml, size_t place);
/* NULL: the feed's own. */
void opml_title(struct opml *opml, size_t place, const char *title);
/* NULL: into none. */
void opml_move(struct opml *opml, size_t place, const char *folder);
/* The text of the file. */
void opml_text(const struct opml *opml, struct buf *to);
/* Whole or not at all; the file before stays as path~. STATUS_IO: errno. */
enum status opml_write(const struct opml *opml, const char *path);

#endif
