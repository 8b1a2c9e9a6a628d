/* A change of the list of subscriptions: open, change, save. */
#ifndef DIURNA_CLI_EDIT_H
#define DIURNA_CLI_EDIT_H

#include "cli/app.h"
#include "cli/lists.h"
#include "core/opml.h"

struct edit {
	struct app app;
	struct opml opml;
	const char *path;            /* of the list; into app.config */
	const char *section;         /* for all that come; NULL: as they say */
	size_t fresh, known, broken; /* what edit_take was given */
	const char *from;            /* the file that is taken; NULL: none */
};

/* Configuration, and the first list of it, locked and read. EX_OK, or said. */
int edit_open(struct edit *edit);
/* Write the list and tell a daemon that runs. EX_OK, or said. */
int edit_save(struct edit *edit);
void edit_close(struct edit *edit);

/* Where this feed is subscribed already, as a phrase; NULL: nowhere. */
const char *edit_where(const struct edit *edit, const char *url);
/* The same, also where it stands there in another form (url_form), which is appended to as. */
const char *edit_known(const struct edit *edit, const char *url, struct buf *as);
/* A list_taker: puts it into the list unless it is there; context is the edit. What is broken is
 * told, of many the first. */
void edit_take(void *context, const struct list_line *line);
/* All of a file: OPML, or what lists.h reads. EX_OK, or said. */
int edit_take_file(struct edit *edit, const char *path);
/* A new section is made, but maybe another was meant. */
void edit_hint_section(const struct edit *edit, const char *section);

#endif
