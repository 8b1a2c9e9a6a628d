/* diurnad --find: which feeds are behind an address. One process for one question of a person. */
#ifndef DIURNA_DIURNAD_FIND_H
#define DIURNA_DIURNAD_FIND_H

#include "core/config.h"

#include <stdbool.h>

/*
 * Ask the address, and what its page names as feeds, by the manners and behind the guard of all
 * requests. Objects go to standard output, one a line, as diurna-json(5) says of "find": feeds in
 * the page's order, those of comments last, outlines of a list, what failed. guesses: where a page
 * names none, the common places too. Returns an exit code: EX_OK also when nothing was found.
 */
int find_feeds(struct config *config, const char *url, bool guesses);

#endif
