/*
 * Mails on their way: the folder "mail" beside the store, one file for each edition and recipient,
 * whose name says how far it is. Changing a name is one step that a crash cannot halve, so what a
 * file is called is what has happened:
 *
 *     2026-11-22.0a1b….eml      to be sent; a person may rename any other back to this
 *     2026-11-22.0a1b….sending  the receiver has all of it, its answer is awaited
 *     2026-11-22.0a1b….sent     accepted; empty, and removed after some weeks
 *     2026-11-22.0a1b….unsure   cut off while the answer was awaited: not sent again
 *     2026-11-22.0a1b….failed   refused for too long
 *
 * 2026-11-22.0a1b….why, beside it, is what was answered last. What was given up or is unsure goes
 * after a month, like the marks of what was sent.
 */
#ifndef DIURNA_EDITION_SPOOL_H
#define DIURNA_EDITION_SPOOL_H

#include "edition/edition.h"

#include <jansson.h>

enum spool_state { SPOOL_WAITING, SPOOL_SENDING, SPOOL_SENT, SPOOL_UNSURE, SPOOL_FAILED };

/* One mail in the folder. */
struct spooled {
	char *base; /* its name without the ending */
	enum spool_state state;
	const char *recipient; /* into the configuration; NULL: no longer configured */
	int64_t at;            /* when it was written, or its state last changed */
};

/* The folder's path, to be freed. */
char *spool_folder(const struct config *config);
/*
 * Write the mails of an edition, except those that are there in any state. STATUS_IO: *name, to be
 * freed, says which; errno why.
 */
enum status spool_put(
	const struct config *config, const struct edition *edition, int64_t now, char **name);
/* What is there, oldest edition first. No folder: nothing. The list is for spool_free. */
enum status spool_list(const struct config *config, struct spooled **list, size_t *count);
void spool_free(struct spooled *list, size_t count);
/* Some mail waits or was cut off. */
bool spool_has_work(const struct config *config);
/* What was answered to it last, without which it is not refused for good. NULL: nothing. */
void spool_say(const struct config *config, const struct spooled *mail, const char *why);
/* The same again, to be freed; NULL: nothing. */
char *spool_why(const struct config *config, const struct spooled *mail);
/* Everything of it, if it was settled a month ago. True: it is gone. */
bool spool_remove_old(const struct config *config, const struct spooled *mail, int64_t now);

/* How the folder does. */
struct spool_sum {
	size_t waiting;        /* also those that are being sent */
	size_t unsure, failed; /* somebody should look at them */
	size_t stranded;       /* wait for an address that is configured no longer */
	int64_t waiting_since; /* when the oldest that waits was written; 0: none waits */
	char *why;             /* what was answered to that one last; NULL: it was not tried */
};
/* STATUS_IO: errno. To be finished in any case. */
enum status spool_sum_up(const struct config *config, struct spool_sum *sum);
void spool_sum_finish(struct spool_sum *sum);
/* The same as `diurna status` has it. */
json_t *spool_sum_json(const struct spool_sum *sum);

/* On disk when it returns. STATUS_IO: errno. */
enum status spool_set(
	const struct config *config, struct spooled *mail, enum spool_state state, int64_t now);

#endif
