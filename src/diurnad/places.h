/* Where feeds are that a page does not name: by the habits of a few sites, and by custom. */
#ifndef DIURNA_DIURNAD_PLACES_H
#define DIURNA_DIURNAD_PLACES_H

#include "core/buf.h"

#include <stdbool.h>

/*
 * The feed of a page whose site hides it but has it at a fixed place: a channel or playlist of
 * YouTube, a subreddit, the releases of a project. url: absolute. False: no such site.
 */
bool places_known(const char *url, struct buf *feed);

/*
 * Ends with NULL: where feeds often are, as references to be resolved against an address. They are
 * guesses, and a request each: tried only when a person asks for it.
 */
extern const char *const places_common[];

#endif
